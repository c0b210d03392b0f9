#include "edgewise/answer.h"
#include "parse.h"

namespace edgewise::json {

std::vector<Launcher> parse_launchers(Reader& r) {
  std::vector<Launcher> out;
  r.word("id", {"launchers"}, 0);
  for (Reader& l : r.objects("launchers")) {
    Launcher launcher;
    launcher.id = l.required_id("id");
    launcher.name = l.required_text("name");
    launcher.aliases = l.aliases();
    for (Reader& b : l.objects("backends")) {
      Launcher::Backend backend;
      backend.runtime = b.required_text("runtime");
      if (b.has("kind")) backend.kind = parse_kind(b);
      backend.processor_classes = b.texts("processor_classes");
      b.finish();
      launcher.backends.push_back(std::move(backend));
    }
    for (Reader& c : l.objects("context_by_memory", true)) {
      const double from = c.required_number("from_gib", 0, 1e5) * gib;
      launcher.context_by_memory.emplace_back(from, c.required_whole("context", 1, 1e8));
      if (const auto& list = launcher.context_by_memory; list.size() > 1 && !(from > list[list.size() - 2].first))
        c.error("from_gib", "out_of_range", "is not above the one before it");
      c.finish();
    }
    if (Reader d = l.object("defaults")) {
      for (const char* name : {"micro_batch", "parallel", "kv_unified"})
        for (const WorkloadField& f : workload_fields)
          if (std::string_view(f.name) == name && d.has(name))
            launcher.defaults.emplace_back(name, d.whole(name, f.min, f.max, f.min));
      d.finish();
    }
    l.unread({{"confidence", Holds::known}, {"note", Holds::text}, {"sources", Holds::texts}});
    l.wanted({"backends", "confidence", "sources"});
    l.finish();
    for (const Launcher& other : out)
      if (other.id == launcher.id) l.error("id", "duplicate", {"\"", launcher.id, "\" stands there twice"});
    out.push_back(std::move(launcher));
  }
  r.unread({{"note", Holds::text}});
  r.wanted({"id", "launchers"});
  return out;
}

}  // namespace edgewise::json
