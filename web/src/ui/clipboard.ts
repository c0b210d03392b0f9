import type { Act } from '../acts';
import { msg } from '../i18n';
import { reason } from '../problems';

/**
 * Copies what is there or is being made, or offers it for copying by hand. What was said before is taken back at once,
 * and `said` is said once the copy is there.
 */
export async function copy(
  made: string | Promise<string>,
  act: Act,
  said = msg.actions.copied
): Promise<void> {
  void act({ toast: '' });
  let text: string;
  try {
    text = await made;
  } catch (error) {
    return act({ toast: reason(error) });
  }
  try {
    await navigator.clipboard.writeText(text);
    await act({ manual: '', toast: said });
  } catch {
    await act({ manual: text });
  }
}

export const download = (name: string, type: string, text: string): void =>
  downloadBlob(name, new Blob([text], { type: `${type};charset=utf-8` }));

export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
