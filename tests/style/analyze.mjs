// clang-tidy over all C++, that of the tests too, with clang's static analyzer: see .clang-tidy. Not in it, with the reason:
//   security.FloatLoopCounter: counts are doubles here, since size_t has 32 bits in WebAssembly; whole and below 2^53 they are
//     exact.
//   optin.performance.Padding: members stand in the order of their meaning.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tidy } from './tidy.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const found = await tidy(root, join(root, 'build/tidy'), () => true, 'clang-analyzer-*,-clang-analyzer-security.FloatLoopCounter,-clang-analyzer-optin.performance.Padding');
if (found.length > 0) console.error(found.join('\n'));
console.log(found.length === 0 ? 'analyze: nothing found' : `analyze: ${found.length} files with findings`);
process.exitCode = found.length === 0 ? 0 : 1;
