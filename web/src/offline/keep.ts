import { readSite } from '../settings';
import { site } from '../site';
import { takeOver } from './words';

/** How long the older worker may take to leave. */
const patience_ms = 3000;

/**
 * Keeps the whole page in the browser, for use without a network. `newer` is told once another build is here, with
 * what takes it: never by itself, since somebody may be reading.
 */
export async function keep(newer: (take: () => void) => void): Promise<void> {
  const workers = navigator.serviceWorker;
  const own = new URL('./', site).href;
  if (!(await readSite()).offline) {
    const kept = await workers.getRegistration(own);
    await kept?.unregister();
    return;
  }
  const registration = await workers.register(new URL('sw.js', site), { scope: own });
  const take = (): void => {
    const reload = (): void => location.reload();
    workers.addEventListener('controllerchange', reload, { once: true });
    registration.waiting?.postMessage(takeOver);
    // A browser may let the older worker finish, for minutes; who asks for the newer build has it from the network then.
    setTimeout(() => navigator.onLine && void registration.unregister().then(reload), patience_ms);
  };
  const look = (): void => {
    if (registration.waiting && workers.controller) newer(take);
  };
  registration.addEventListener('updatefound', () =>
    registration.installing?.addEventListener('statechange', look)
  );
  look();
}
