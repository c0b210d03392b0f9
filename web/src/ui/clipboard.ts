import type { Act } from '../acts';
import { msg } from '../i18n';

/** Copies, or offers the text for copying by hand; `said` is what a copy is reported with. */
export async function copy(text: string, act: Act, said = msg.actions.copied): Promise<void> {
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
