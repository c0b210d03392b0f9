#pragma once

namespace edgewise {

/// From here on Ctrl-C and a request to end are noted instead of ending the process at once. Signals that
/// the process was started to ignore stay ignored.
void note_interrupts();
bool interrupted();

}  // namespace edgewise
