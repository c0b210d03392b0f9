#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "session.h"

namespace edgewise {

/// Knows what one family of programs prints. Each is offered every JSON object and every other line of a file, in
/// order.
class FormatReader {
 public:
  explicit FormatReader(ImportSession& session) : session_(session) {}
  virtual ~FormatReader() = default;
  /// Whether the object was one of its own. `path`: where it stands in the file.
  virtual bool object(const nlohmann::ordered_json&, const std::string& /*path*/) { return false; }
  /// Whether the line was one of its own. Lines count from 1.
  virtual bool line(std::string_view, std::size_t /*number*/) { return false; }
  /// The file has ended.
  virtual void finish() {}

 protected:
  ImportSession& session_;
};

std::unique_ptr<FormatReader> llama_bench_reader(ImportSession&);
std::unique_ptr<FormatReader> llama_log_reader(ImportSession&);
std::unique_ptr<FormatReader> ollama_reader(ImportSession&);
std::unique_ptr<FormatReader> mlx_reader(ImportSession&);
std::unique_ptr<FormatReader> rkllm_reader(ImportSession&);
std::unique_ptr<FormatReader> vllm_reader(ImportSession&);
std::unique_ptr<FormatReader> localscore_reader(ImportSession&);
std::unique_ptr<FormatReader> flm_reader(ImportSession&);
std::unique_ptr<FormatReader> npu_tools_reader(ImportSession&);

}  // namespace edgewise
