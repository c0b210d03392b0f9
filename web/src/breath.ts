/** What browsers that have it offer for this; it goes on before other work that waits. */
declare const scheduler: { yield?(): Promise<void> } | undefined;

/** Between the pieces of long work: the browser paints and answers touches meanwhile. */
export const breath = (): Promise<void> =>
  (typeof scheduler === 'undefined' ? undefined : scheduler.yield?.()) ??
  new Promise((resolve) => setTimeout(resolve));
/** Once what was drawn is seen; at once where nobody looks. */
export const painted = (): Promise<void> =>
  document.hidden
    ? breath()
    : new Promise((resolve) => {
        requestAnimationFrame(() => setTimeout(resolve));
      });
/** Does one after another, those too that come meanwhile. */
export async function inBreaths<T>(list: readonly T[], run: (item: T) => void, from = 0): Promise<void> {
  if (from >= list.length) return;
  run(list[from]);
  await breath();
  await inBreaths(list, run, from + 1);
}
