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

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const a = document.createElement('a');
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
