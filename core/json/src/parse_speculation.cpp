#include "parse.h"

namespace edgewise {

std::vector<SpeculativeRun> json::parse_speculation(Reader& r) {
  std::vector<SpeculativeRun> out;
  r.word("id", {"speculation"}, 0);
  for (Reader& run : r.objects("runs")) {
    SpeculativeRun entry;
    entry.task = run.required_id("task");
    if (!run.has("method")) run.error("method", "missing", "is required");
    entry.heads = run.word("method", {"draft-model", "mtp"}, 1) == 1;
    run.required_text("model");
    const bool named = !run.text("draft_model").empty();
    if (named == entry.heads)
      run.error("draft_model", "inconsistent", named ? "does not go with mtp" : "is required with draft-model");
    entry.draft_tokens = run.required_whole("draft_tokens", 1, 64);
    const double drafted = run.required_whole("drafted", 1, 1e12), accepted = run.required_whole("accepted", 0, 1e12);
    if (accepted > drafted) run.error("accepted", "physics", "is above drafted");
    entry.accepted = accepted / drafted;
    run.unread({{"source", Holds::text}, {"note", Holds::text}});
    run.wanted({"source"});
    run.finish();
    out.push_back(std::move(entry));
  }
  r.unread({{"confidence", Holds::known}, {"note", Holds::text}});
  r.wanted({"id", "runs", "confidence"});
  return out;
}

}  // namespace edgewise
