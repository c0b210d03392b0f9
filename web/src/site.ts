/** Where the site's files lie: beside the bundle, also when another site includes it. */
export const site = new URL(import.meta.env.DEV ? '/' : '../', import.meta.url);

export async function fetchText(path: string): Promise<string> {
  const response = await fetch(new URL(`presets/${path}`, site));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.text();
}
