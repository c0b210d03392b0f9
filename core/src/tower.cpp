#include "edgewise/tower.h"

#include <algorithm>
#include <cmath>

#include "arithmetic.h"

namespace edgewise {

namespace {

/// Halves to the even neighbour, as Python rounds.
double nearest(double x) {
  const double low = whole_down(x), rest = x - low;
  if (rest != 0.5) return rest < 0.5 ? low : low + 1;
  return 2 * whole_down(low / 2) == low ? low : low + 1;
}

struct Size {
  double width, height;
  double area() const { return width * height; }
};

/// What a processor makes of one image: inputs of the tower of so many patches each, one of another number, tokens.
struct Cut {
  double tokens = 0;
  double inputs = 0;   ///< whole tiles
  double patches = 0;  ///< of each tile
  double rest = 0;     ///< patches of the image itself, or of its thumbnail
};

/// Patches of a square input.
double square(double side, double patch) { return patch > 0 ? whole_down(side / patch) * whole_down(side / patch) : 0; }

/// smart_resize of Qwen2-VL: both sides multiples of `unit`, the area within bounds, the ratio kept as far as that
/// goes.
Size whole_units(Size s, double unit, double least, double most, double frames = 1) {
  const auto each = [&](const auto& f) { return Size{f(s.width), f(s.height)}; };
  Size out = each([&](double x) { return std::max(unit, nearest(x / unit) * unit); });
  if (most > 0 && frames * out.area() > most) {
    const double beta = std::sqrt(frames * s.area() / most);
    out = each([&](double x) { return std::max(unit, whole_down(x / beta / unit) * unit); });
  } else if (frames * out.area() < least) {
    const double beta = std::sqrt(least / (frames * s.area()));
    out = each([&](double x) { return whole_up(x * beta / unit) * unit; });
  }
  return out;
}

/// The grid of `least` to `most` tiles whose ratio is nearest to the image's; of equal ones the larger where the image
/// covers more than half of it.
Size nearest_ratio(Size s, double side, double least, double most) {
  Size best{1, 1};
  double difference = std::numeric_limits<double>::infinity();
  for (double n = least; n <= most; ++n)
    for (double columns = 1; columns <= n; ++columns) {
      const double rows = n / columns;
      if (rows != whole_down(rows)) continue;
      const double d = std::fabs(s.width / s.height - columns / rows);
      if (d < difference || (d == difference && s.area() > 0.5 * side * side * n)) best = {columns, rows};
      difference = std::min(difference, d);
    }
  return best;
}

/// The least canvas of up to `most` tiles that the image need not be shrunk for, else the one it is shrunk least for.
Size least_canvas(Size s, double side, double most) {
  Size best{1, 1};
  double scale = 0;
  for (double n = 1; n <= most; ++n)
    for (double columns = 1; columns <= n; ++columns) {
      const double rows = n / columns;
      if (rows != whole_down(rows)) continue;
      const double fits = std::min(columns * side / s.width, rows * side / s.height);
      // Fewer tiles come first, so that an equal scale keeps them.
      if (scale >= 1 ? fits >= 1 && fits < scale : fits > scale) {
        scale = fits;
        best = {columns, rows};
      }
    }
  return best;
}

/// The grid of a list that keeps most of the image's pixels, and of these the one that wastes least.
Size best_grid(Size s, double side, std::uint64_t grids) {
  Size best{1, 1};
  double kept = -1, wasted = 0;
  for (std::uint64_t bit = 0; bit < 64; ++bit) {
    if (!(grids >> bit & 1)) continue;
    const std::uint64_t row = bit / 8;
    const Size grid{static_cast<double>(bit - 8 * row + 1), static_cast<double>(row + 1)};
    const double scale = std::min(grid.width * side / s.width, grid.height * side / s.height);
    const double area = std::min(whole_down(s.width * scale) * whole_down(s.height * scale), s.area());
    const double waste = grid.area() * side * side - area;
    if (area > kept || (area == kept && waste < wasted)) {
      best = grid;
      kept = area;
      wasted = waste;
    }
  }
  return best;
}

/// Slices of MiniCPM-V: the factors of the ideal number, or of one more or less, whose ratio is nearest.
double slices(Size s, double side, double most) {
  const double ideal = std::min(whole_up(s.area() / (side * side)), most);
  if (ideal <= 1) return 0;
  double best = 1, error = std::numeric_limits<double>::infinity();
  for (double n = ideal - 1; n <= ideal + 1; ++n) {
    if (n <= 1 || n > most) continue;
    for (double columns = 1; columns <= n; ++columns) {
      const double rows = n / columns;
      if (rows != whole_down(rows)) continue;
      // The processor compares logarithms; the larger ratio over the smaller has the same order.
      const double a = s.width * rows, b = s.height * columns, e = std::max(a, b) / std::min(a, b);
      if (e < error) {
        error = e;
        best = n;
      }
    }
  }
  return best;
}

/// LLaVA-NeXT drops the rows or columns of patches that padding fills, and ends each row with a token; LLaVA-OneVision
/// shrinks what is more than `most` tiles.
double unpadded(Size s, Size grid, double across, double most) {
  double columns = grid.width * across, rows = grid.height * across;
  if (s.width / s.height > columns / rows)
    rows -= 2 * whole_down((rows - whole_down(s.height * (columns / s.width))) / 2);
  else
    columns -= 2 * whole_down((columns - whole_down(s.width * (rows / s.height))) / 2);
  const double ratio = most > 0 ? std::sqrt(rows * columns / (most * across * across)) : 0;
  if (ratio > 1.1) {
    rows = whole_down(rows / ratio);
    columns = whole_down(columns / ratio);
  }
  return rows * (columns + 1);
}

Cut cut(const ImageTokens& t, Size s) {
  const double unit = t.patch_size * t.merge;
  const auto grid = [&](Size pixels) {
    const double patches = whole_down(pixels.width / t.patch_size) * whole_down(pixels.height / t.patch_size);
    return Cut{patches / (t.merge * t.merge), 0, 0, patches};
  };
  const auto tiles = [&](double n, double thumbnail, double extra) {
    return Cut{n * t.tokens + thumbnail * t.tokens + extra, n + thumbnail, square(t.side, t.patch_size), 0};
  };
  switch (t.rule) {
    case ImageRule::qwen2_vl:
      return grid(whole_units(s, unit, t.min_pixels, t.max_pixels));
    case ImageRule::glm4v:
      return grid(whole_units(s, unit, t.min_pixels, t.max_pixels, 2));
    case ImageRule::pixtral: {
      const double shrink = std::max(1.0, std::max(s.width, s.height) / t.longest_edge);
      const double columns = whole_up(whole_down(s.width / shrink) / unit),
                   rows = whole_up(whole_down(s.height / shrink) / unit);
      return {rows * (columns + 1), 0, 0, rows * columns * t.merge * t.merge};
    }
    case ImageRule::kimi_vl: {
      const double patches = whole_down(s.width / t.patch_size) * whole_down(s.height / t.patch_size);
      const double most = t.max_pixels / (t.patch_size * t.patch_size);
      const double scale = patches > most ? std::sqrt(most / patches) : 1;
      return grid(
          {whole_up(whole_down(s.width * scale) / unit) * unit, whole_up(whole_down(s.height * scale) / unit) * unit});
    }
    case ImageRule::gemma4: {
      if (s.area() <= 0) return {t.max_pixels / (unit * unit), 0, 0, t.max_pixels / (t.patch_size * t.patch_size)};
      const double factor = std::sqrt(t.max_pixels / s.area()), most = t.max_pixels / (unit * unit);
      double columns = whole_down(factor * s.width / unit), rows = whole_down(factor * s.height / unit);
      if (rows < 1) columns = std::min(std::max(1.0, whole_down(s.width / s.height)), most);
      if (columns < 1) rows = std::min(std::max(1.0, whole_down(s.height / s.width)), most);
      return grid({std::max(1.0, columns) * unit, std::max(1.0, rows) * unit});
    }
    case ImageRule::internvl: {
      const double n = nearest_ratio(s, t.side, 1, t.max_tiles).area();
      return tiles(n, n > 1 ? 1 : 0, 2);
    }
    case ImageRule::idefics3: {
      // The longest edge is scaled, and both become multiples of a tile.
      const double longest = std::max(s.width, s.height);
      const auto across = [&](double x) {
        return std::max(1.0, whole_up(whole_down(x * t.longest_edge / longest) / t.side));
      };
      const double columns = across(s.width), rows = across(s.height);
      const double n = columns * rows > 1 ? columns * rows : 0;
      return {n * (t.tokens + 2) + (n > 0 ? rows : 0) + t.tokens + 3, n + 1, square(t.side, t.patch_size), 0};
    }
    case ImageRule::llava_next: {
      const Size g = best_grid(s, t.side, t.grids);
      return {unpadded(s, g, std::sqrt(t.tokens), t.max_tiles) + t.tokens, g.area() + 1, square(t.side, t.patch_size),
              0};
    }
    case ImageRule::llama4: {
      // Separators between the tiles of a row and after it; before the thumbnail, and around all.
      const double n = least_canvas(s, t.side, t.max_tiles).area();
      return tiles(n > 1 ? n : 0, 1, n > 1 ? n + 3 : 3);
    }
    case ImageRule::minicpmv: {
      const double n = slices(s, t.side, t.max_tiles);
      return tiles(n, 1, 0);
    }
    case ImageRule::phi4mm: {
      Size g{whole_up(s.width / t.side), whole_up(s.height / t.side)};
      if (g.area() > t.max_tiles) g = nearest_ratio(s, t.side, 1, t.max_tiles);
      // Patches are taken in pairs; those of the padding are left out.
      const double scale = std::min(g.width * t.side / s.width, g.height * t.side / s.height);
      const auto shown = [&](double n, double x) {
        const double padding = whole_down((n * t.side - whole_down(x * scale)) / t.patch_size);
        return whole_up((n * whole_down(t.side / t.patch_size) - padding) / 2);
      };
      const double rows = shown(g.height, s.height), columns = shown(g.width, s.width), across = std::sqrt(t.tokens);
      return {t.tokens + 1 + rows * (columns + 1) + across, g.area() + 1, square(t.side, t.patch_size), 0};
    }
    case ImageRule::lfm2_vl: {
      Cut c = grid(whole_units(s, unit, t.min_pixels, t.max_pixels));
      c.tokens += 2;
      // An image of up to twice the most that one input holds is not cut.
      if (whole_units(s, unit, 0, 0).area() <= 2 * t.max_pixels) return c;
      const double n = nearest_ratio(s, t.side, 2, t.max_tiles).area();
      return {c.tokens + n * (t.tokens + 1) + 1, n, square(t.side, t.patch_size), c.rest};
    }
    case ImageRule::mllama:
      // Every image is filled up to max_tiles, and all of them are one input.
      return {0, 1, t.max_tiles * t.tokens, 0};
    case ImageRule::fixed:
    case ImageRule::count:
      break;
  }
  return {t.tokens, 1, square(t.side, t.patch_size), 0};
}

/// Query-key pairs of one input in all layers.
double pairs(const TowerCost& t, double positions) {
  const double windowed = t.window > 0 ? t.num_layers - t.full_layers : 0;
  return positions * ((t.num_layers - windowed) * positions + windowed * std::min(t.window, positions));
}

}  // namespace

TowerLoad image_load(const TowerCost& tower, double width, double height) {
  const ImageTokens& t = tower.image;
  TowerLoad load;
  Cut c;
  if (width > 0 || height > 0 || t.width <= 0) {
    // One side that is stated makes a square.
    width = width > 0 ? width : height > 0 ? height : t.side;
    height = height > 0 ? height : width;
    c = cut(t, {width, height});
  } else {
    c = cut(t, {t.width, t.height});
  }
  load.tokens = c.tokens;
  if (t.rule == ImageRule::mllama) load.cross_tokens = c.patches;
  load.positions = c.inputs * c.patches + c.rest;
  // A tower without patches, of convolutions, does the work that its config states.
  load.weight_ops =
      2 * (tower.stack_weights * load.positions + tower.projector_weights * (load.tokens + load.cross_tokens)) +
      tower.ops_per_input;
  load.pair_ops = 4 * tower.hidden_size * (c.inputs * pairs(tower, c.patches) + pairs(tower, c.rest));
  return load;
}

TowerLoad audio_load(const TowerCost& tower, double seconds) {
  const AudioTokens& t = tower.audio;
  TowerLoad load;
  const double windows = t.window_s > 0 ? whole_up(seconds / t.window_s) : 1;
  const double heard = t.window_s > 0 ? windows * t.window_s : seconds;
  load.tokens = whole_up((t.whole_windows ? heard : seconds) * 1000 / t.ms_per_token);
  load.positions = whole_up(heard * 1000 / t.ms_per_position);
  load.weight_ops = 2 * (tower.stack_weights * load.positions + tower.projector_weights * load.tokens);
  load.pair_ops = 4 * tower.hidden_size * windows * pairs(tower, load.positions / windows);
  return load;
}

TowerLoad vision_load(const ModelCost& m, const Workload& w) {
  if (!m.vision.present || w.images <= 0) return {};
  TowerLoad load = image_load(m.vision, w.image_width, w.image_height);
  for (double TowerLoad::*part : {&TowerLoad::tokens, &TowerLoad::cross_tokens, &TowerLoad::weight_ops,
                                  &TowerLoad::pair_ops, &TowerLoad::positions})
    load.*part *= w.images;
  return load;
}

TowerLoad hearing_load(const ModelCost& m, const Workload& w) {
  return m.audio.present && w.audio_s > 0 ? audio_load(m.audio, w.audio_s) : TowerLoad{};
}

double media_tokens(const ModelCost& m, const Workload& w) {
  return vision_load(m, w).tokens + hearing_load(m, w).tokens;
}

}  // namespace edgewise
