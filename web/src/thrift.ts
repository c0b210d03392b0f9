/** Whether whoever reads asked for nothing that may never be used. */
export const savesData = (): boolean =>
  !!(navigator as { connection?: { saveData?: boolean } }).connection?.saveData;
