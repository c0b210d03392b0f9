#include "bundle.h"

// The assembler reads the file; a byte array in C++ would take the compiler minutes.
asm(R"(
    .section .rodata
    .balign 16
    .global edgewise_bundle_begin
edgewise_bundle_begin:
    .incbin ")" EDGEWISE_BUNDLE R"("
    .global edgewise_bundle_end
edgewise_bundle_end:
    .byte 0
    .text
)");

extern "C" const char edgewise_bundle_begin[];
extern "C" const char edgewise_bundle_end[];

namespace edgewise {

std::string_view bundled_presets() {
  return {edgewise_bundle_begin, static_cast<std::size_t>(edgewise_bundle_end - edgewise_bundle_begin)};
}

}  // namespace edgewise
