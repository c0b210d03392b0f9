#include <algorithm>
#include <cmath>

#include "edgewise/text.h"
#include "format_reader.h"
#include "lines.h"

namespace edgewise {

namespace {

/// What drivers' own tools say of an NPU: facts of the device, and no speed of a language model. hailortcli `run` and
/// `benchmark` (github:hailo-ai/hailort hailortcli/infer_stats_printer.cpp, benchmark_command.cpp), xrt-smi `examine`
/// and `validate` (github:Xilinx/XRT core/tools/common/tests).
class NpuToolsReader : public FormatReader {
 public:
  using FormatReader::FormatReader;

  bool line(std::string_view line, std::size_t number) override { return hailo(line, number) || xrt(line, number); }

  void finish() override {
    if (hailo_)
      session_.fact(
          "hailortcli runs a network of its own: its frames a second and its power teach what the chip does with that "
          "network, not how fast a language model decodes, which the module's memory bounds. No row was made; the "
          "power "
          "may be compared with npu power of a preset");
    if (xrt_)
      session_.fact(
          "xrt-smi's tests teach the NPU's peak (gemm, INT8: npu.tops of a device preset) and what one command costs "
          "(latency), which no token can be faster than; not what an engine reaches of them, nor the memory's "
          "bandwidth. No row was made: `flm bench` or another engine gives some");
    if (examined_)
      session_.fact("xrt-smi examine names the device, its driver and its firmware; it times nothing. No row was made");
  }

 private:
  /// The number of a line of these tools; an error where there is none.
  double number_of(std::string_view text, std::size_t number) {
    const double x = leading_number(text);
    if (x >= 0 && x < 1e15) return x;
    session_.errors().push_back(
        {"out_of_range", "line " + std::to_string(number), "states no number: the file may be cut short"});
    return unknown;
  }
  void fact(const std::string& what, double x, std::string_view unit) {
    if (is_known(x)) session_.fact(what + ": " + significant(x) + " " + std::string(unit));
  }

  bool hailo(std::string_view line, std::size_t number) {
    const auto value = [&] { return trimmed(line.substr(std::min(line.find('=') + 1, line.size()))); };
    // The summary of `benchmark`; its second lines have no name of their own.
    if (line.substr(0, 3) == "FPS" && line.find("(hw_only)") != line.npos && line.find('=') != line.npos) {
      hailo_ = true;
      session_.recognise();
      fact("hailortcli, frames a second of the chip alone", number_of(value(), number), "1/s");
      return true;
    }
    if (hailo_ && line.substr(0, 11) == "(streaming)") {
      fact("hailortcli, frames a second with transfers", number_of(value(), number), "1/s");
      return true;
    }
    if (hailo_ && line.substr(0, 12) == "Latency (hw)") {
      fact("hailortcli, latency of a frame", number_of(value(), number), "ms");
      return true;
    }
    if (hailo_ && line.substr(0, 33) == "Power in streaming mode (average)") {
      fact("hailortcli, power of the chip while streaming", number_of(value(), number), "W");
      return true;
    }
    // `run` ends with a section for each network.
    if (line.find("> Inference result:") != line.npos) {
      in_result_ = hailo_ = true;
      session_.recognise();
      return true;
    }
    if (!in_result_) return false;
    static constexpr struct {
      std::string_view label;
      const char *what, *unit;
    } lines[] = {{"FPS:", "hailortcli, frames a second", "1/s"},
                 {"HW Latency:", "hailortcli, latency of a frame", "ms"},
                 {"Overall Latency:", "hailortcli, latency of a frame with transfers", "ms"},
                 {"Send Rate:", "hailortcli, data sent to the chip", "Mbit/s"},
                 {"Recv Rate:", "hailortcli, data received from the chip", "Mbit/s"},
                 {"Average power consumption:", "hailortcli, mean power of the chip", "W"}};
    for (const auto& l : lines)
      if (line.substr(0, l.label.size()) == l.label) {
        const std::string_view said = trimmed(line.substr(l.label.size()));
        const double x = number_of(said, number);
        // Power comes in mW as well.
        const bool milli = said.find("mW") != said.npos;
        fact(l.what, milli ? x / 1e3 : x, l.unit);
        return true;
      }
    return false;
  }

  bool xrt(std::string_view line, std::size_t number) {
    if (line.find("Device(s) Present") != line.npos) {
      examined_ = true;
      session_.recognise();
      return true;
    }
    if (line.substr(0, 15) == "Validate Device" && line.find(": [") != line.npos) {
      xrt_ = true;
      session_.recognise();
      return true;
    }
    if (!xrt_) return false;
    if (line.substr(0, 5) == "Test " && line.find("] ") != line.npos && line.find(": ") != line.npos) {
      test_ = std::string(trimmed(line.substr(line.rfind(": ") + 2)));
      return true;
    }
    if (line.substr(0, 8) == "Platform") {
      const std::string_view name = after(line, ":");
      if (!name.empty() && name.size() < 100) session_.fact("xrt-smi, device: " + std::string(name));
      return true;
    }
    if (line.substr(0, 11) == "Test Status") {
      if (line.find("PASSED") == line.npos && line.find("SKIPPED") == line.npos)
        session_.fact("xrt-smi, " + test_ + ": did not pass, so that its number says nothing");
      return true;
    }
    static constexpr struct {
      std::string_view label;
      const char* unit;
    } details[] = {
        {"TOPS: ", "TOPS, INT8"}, {"Average latency: ", "us a command"}, {"Average throughput: ", "commands a second"}};
    for (const auto& d : details)
      if (const auto said = after(line, d.label); !said.empty()) {
        fact("xrt-smi, " + test_, number_of(said, number), d.unit);
        return true;
      }
    if (line.find("bandwidth = ") != line.npos) {
      fact("xrt-smi, " + test_ + ", bandwidth", number_of(after(line, "bandwidth = "), number), "MB/s");
      return true;
    }
    return false;
  }

  bool hailo_ = false, in_result_ = false, xrt_ = false, examined_ = false;
  std::string test_;  ///< whose lines are being read
};

}  // namespace

std::unique_ptr<FormatReader> npu_tools_reader(ImportSession& session) {
  return std::make_unique<NpuToolsReader>(session);
}

}  // namespace edgewise
