import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { NetworkFirst } from 'workbox-strategies';
import { takeOver } from './words';

// The service worker: answers with the files of one build, all of them, until the page takes the next. What others
// serve, and what a board says of itself, is always asked for.

/** Every file of the build that is kept, written here by scripts/worker.mjs. */
declare const keptFiles: { url: string; revision: string | null }[];
declare const self: { skipWaiting(): Promise<void> } & EventTarget & { registration: { scope: string } };

precacheAndRoute(keptFiles, { ignoreURLParametersMatching: [/./] });
cleanupOutdatedCaches();

const { pathname: root } = new URL(self.registration.scope);
const within = (url: URL): string | undefined =>
  url.origin === location.origin && url.pathname.startsWith(root)
    ? url.pathname.slice(root.length)
    : undefined;

/** Single presets, which are kept in one file: those of this build, whatever the server has by now. */
let shelf: Promise<Record<string, unknown>> | undefined;
async function read(): Promise<Record<string, unknown>> {
  const kept = await matchPrecache('presets/shelf.json');
  return (await kept?.json()) as Record<string, unknown>;
}
registerRoute(
  ({ url }) => /^presets\/\w+\/[^/]+\.json$/.test(within(url) ?? ''),
  async ({ url, request }) => {
    shelf ??= read().catch(() => ({}));
    const preset = (await shelf)[within(url)!.slice('presets/'.length)];
    if (preset === undefined) return fetch(request);
    return new Response(JSON.stringify(preset), { headers: { 'content-type': 'application/json' } });
  }
);

// Who keeps the site may change it at any time.
registerRoute(({ url }) => within(url) === 'site.json', new NetworkFirst({ cacheName: 'edgewise-site' }));

self.addEventListener('message', (e) => {
  if ((e as MessageEvent).data === takeOver) void self.skipWaiting();
});
