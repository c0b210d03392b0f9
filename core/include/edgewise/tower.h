#pragma once

#include "edgewise/cost.h"

namespace edgewise {

/// What images or audio come to, for one sequence.
struct TowerLoad {
  double tokens = 0;        ///< positions of the text
  double cross_tokens = 0;  ///< positions that the language model attends to across, outside the text
  double weight_ops = 0;    ///< operations with the tower's weights
  double pair_ops = 0;      ///< operations of its attention
  double positions = 0;     ///< rows of its matrix products
};

/// One image of `width` x `height` pixels; where these are 0, of the size that the rule names. Unknown where the rule
/// needs what the config did not say. Each rule is that of the image processor of the same name in
/// github:huggingface/transformers src/transformers/models.
TowerLoad image_load(const TowerCost&, double width, double height);
/// `seconds` of audio.
TowerLoad audio_load(const TowerCost&, double seconds);

/// Everything that a question puts beside the text of one sequence: nothing where the model has no tower for it.
TowerLoad vision_load(const ModelCost&, const Workload&);
TowerLoad hearing_load(const ModelCost&, const Workload&);
/// Positions of the text that they take.
double media_tokens(const ModelCost&, const Workload&);

}  // namespace edgewise
