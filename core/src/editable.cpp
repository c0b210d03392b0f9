#include "edgewise/editable.h"

#include <algorithm>
#include <cmath>

namespace edgewise {

namespace {

/// Another value that is as likely: of words the next that has a rate, of what is unknown the middle of its limits.
std::vector<double> others(const EditableField& f, const Device& d, double now) {
  if (f.is_word()) {
    std::vector<double> out;
    for (std::size_t i = 0; i < f.words.size(); ++i)
      if (static_cast<double>(i) != now && is_known(d.storage_of_Bps[i])) out.push_back(static_cast<double>(i));
    return out;
  }
  if (!is_known(now)) return {std::sqrt(f.min * f.max), f.min};
  return {std::min(1.5 * now, f.max), std::max(0.7 * now, f.min)};
}

bool changes(const Catalog& catalog, const Answer& a, const Editable& e, const Device& d) {
  for (const double x : others(*e.field, d, e.value)) {
    Query q = a.query;
    with_edit(q.set, *e.field, x);
    const auto after = answer(catalog, q);
    const auto same = [](double p, double n) { return p == n || (!is_known(p) && !is_known(n)); };
    if (after && !std::equal(after->estimate.term.begin(), after->estimate.term.end(), a.estimate.term.begin(), same))
      return true;
  }
  return false;
}

}  // namespace

Device stated_device(const Catalog& catalog, const Query& q) {
  Device d = catalog.device(q.device)->device;
  if (const auto edits = parse_edits(q.set)) apply_edits(d, *edits);
  return d;
}

std::vector<Editable> editable(const Catalog& catalog, const Answer& a) {
  const DevicePreset* preset = catalog.device(a.query.device);
  const Device edited = stated_device(catalog, a.query);
  std::vector<Editable> out;
  for (const EditableField& f : editable_fields()) {
    if (!f.there(edited)) continue;
    Editable e{&f, f.get(preset->device), f.get(edited), f.get(a.device), false, Confidence::unstated, true};
    e.edited = std::any_of(a.device.edits.begin(), a.device.edits.end(), [&](const Edit& x) { return x.field == &f; });
    // Of a group some numbers may be stated, and this one not.
    if (is_known(e.stated)) e.source = preset->device.confidence[static_cast<std::size_t>(f.group)];
    e.counts = changes(catalog, a, e, edited);
    out.push_back(e);
  }
  return out;
}

}  // namespace edgewise
