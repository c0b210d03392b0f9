#include <algorithm>
#include <cmath>

#include "import_towers.h"

namespace edgewise::json {

namespace {

/// Whisper's encoder: two convolutions over the mel bins, learned positions, layers whose keys have no bias.
double whisper(Reader& a, double& layers, double& h, double& positions) {
  layers = number(a, {"num_hidden_layers", "encoder_layers"}, 32);
  h = number(a, {"hidden_size", "d_model"}, 1280);
  positions = number(a, {"max_source_positions"}, 1500);
  const double mel = number(a, {"num_mel_bins"}, 128), f = number(a, {"intermediate_size", "encoder_ffn_dim"}, 5120);
  return dense(3 * mel, h) + dense(3 * h, h) + positions * h + 2 * h +
         layers * (3 * dense(h, h) + h * h + dense(h, f) + dense(f, h) + 4 * h);
}

/// A conformer of Gemma: two MLPs, attention with relative positions, a light convolution, and a convolution of the
/// spectrogram before them.
double conformer(Reader& a, double layers, double h, double heads) {
  double first = 128, second = 32;
  for (const char* key : {"subsampling_conv_channels", "sscp_conv_channel_size"})
    if (const Json* c = a.any(key);
        c && c->is_array() && c->size() == 2 && (*c)[0].is_number() && (*c)[1].is_number()) {
      first = (*c)[0].get<double>();
      second = (*c)[1].get<double>();
    }
  const double kernel = number(a, {"conv_kernel_size", "conf_conv_kernel_size"}, 5);
  const double features = std::floor(number(a, {"input_feat_size"}, 128) / 4);
  return layers * (24 * h * h + (9 + kernel) * h + h / heads) + 9 * first + 9 * first * second + first + second +
         features * second * h;
}

}  // namespace

double low_rank(Reader& root, const char* key, double width, double rank) {
  Reader lora = root.object(key);
  const double f = number(root, {"intermediate_size"}, 8192), heads = number(root, {"num_attention_heads"}, 24),
               kv = width / std::max(1.0, heads) * number(root, {"num_key_value_heads"}, 8);
  const double sides = (2 * width + 2 * kv) + 2 * width + (width + 2 * f) + (f + width);
  return (lora ? number(lora, {"r"}, rank) : rank) * number(root, {"num_hidden_layers"}, 32) * sides;
}

Json audio_tower(Reader& root, Reader& a, std::string_view family, double text) {
  std::string type = a.text("model_type");
  if (type.empty()) type = family;
  double layers = 0, h = 0, positions = 0, stack = 0, projector = 0;
  Json tower = {{"kind", type}};
  const auto timing = [&](double token, double position, double window, bool whole) {
    tower["ms_per_token"] = token;
    tower["ms_per_position"] = position;
    if (window > 0) tower["window_s"] = window;
    if (whole) tower["whole_windows"] = true;
  };
  if (family == "voxtral" || family == "qwen2_audio") {
    stack = whisper(a, layers, h, positions);
    const bool voxtral = family == "voxtral";
    // Voxtral takes four positions at once.
    projector = voxtral ? number(a, {"intermediate_size"}, 5120) * text + text * text : dense(h, text);
    tower["kind"] = "whisper";
    timing(voxtral ? 80 : 40, 20, 30, voxtral);
  } else if (family == "gemma3n" || family == "gemma4") {
    const bool old = family == "gemma3n";
    layers = number(a, {"conf_num_hidden_layers", "num_hidden_layers"}, 12);
    h = number(a, {"hidden_size"}, old ? 1536 : 1024);
    stack = conformer(a, layers, h, std::max(1.0, number(a, {"conf_num_attention_heads", "num_attention_heads"}, 8)));
    if (old) {
      projector = number(a, {"vocab_size"}, 128) * h + 2 * h + h * text;
      timing(160, 40, 30, true);
    } else {
      const double out = number(a, {"output_proj_dims"}, 1536);
      projector = dense(h, out) + out * text;
      timing(40, 40, 0, false);
    }
    tower["attention_window"] = number(a, {"conf_attention_chunk_size", "attention_chunk_size"}, 12) +
                                number(a, {"conf_attention_context_left", "attention_context_left"}, 13) - 1;
    tower["kind"] = "conformer";
  } else if (family == "qwen2_5_omni" || family == "qwen2_5_omni_thinker") {
    stack = whisper(a, layers, h, positions) - positions * h;  // sines, which are not stored
    positions = 0;
    const double out = number(a, {"output_dim"}, 3584);
    projector = dense(h, out) + 2 * out;
    tower["kind"] = "whisper";
    timing(40, 20, 0, false);
  } else if (family == "qwen3_omni_moe" || family == "qwen3_omni_moe_thinker" || family == "qwen3_asr") {
    layers = number(a, {"encoder_layers", "num_hidden_layers"}, 32);
    h = number(a, {"d_model"}, 1280);
    const double c = number(a, {"downsample_hidden_size"}, 480), mel = number(a, {"num_mel_bins"}, 128),
                 f = number(a, {"encoder_ffn_dim"}, 5120), out = number(a, {"output_dim"}, 3584);
    stack = dense(9, c) + 2 * dense(9 * c, c) + c * std::ceil(mel / 8) * h + 2 * h +
            layers * (4 * dense(h, h) + dense(h, f) + dense(f, h) + 4 * h);
    projector = dense(h, h) + dense(h, out);
    // 13 positions a second, attended to in chunks.
    timing(1000.0 / 13, 1000.0 / 13, 0, false);
    tower["attention_window"] = std::ceil(number(a, {"n_window_infer"}, 400) / 100 * 13);
  } else if (family == "phi4mm" || family == "phi4_multimodal") {
    layers = number(a, {"num_blocks"}, 24);
    h = number(a, {"attention_dim", "hidden_size"}, 1024);
    const double f = number(a, {"linear_units", "intermediate_size"}, 1536), kernel = number(a, {"kernel_size"}, 3),
                 out = std::ceil(number(a, {"input_size"}, 80) / 8) * h;
    // Two gated MLPs, attention, a convolution of four matrices; three convolutions of the spectrogram before them.
    const double mlp = 2 * h + dense(h, 2 * f) + dense(f, h),
                 convolution = 2 * h + dense(h, 2 * h) + 2 * h + dense(kernel, h) + 2 * dense(h, h);
    stack = layers * (2 * mlp + 4 * dense(h, h) + convolution + 4 * h) + dense(9, h) + 2 * (dense(9, h) + dense(h, h)) +
            dense(out, h);
    projector = 2 * (dense(h, text) + dense(text, text));  // one for speech, one for speech with images
    const double tables =
        2 * number(a, {"bias_max_distance"}, 1000) * number(a, {"attention_heads", "num_attention_heads"}, 16) +
        low_rank(root, "speech_lora", text, 320);
    tower["kind"] = "conformer";
    tower["adapter_parameters"] = tables;
    stack += tables;
    timing(80, 80, 0, false);
  } else {
    return tower;
  }
  tower["parameters"] = stack + projector;
  tower["num_layers"] = layers;
  tower["hidden_size"] = h;
  if (positions > 0) tower["num_positions"] = positions;
  tower["projector"] = {{"kind", "mlp2"}, {"parameters", projector}};
  return tower;
}

}  // namespace edgewise::json
