/** Says `seen` once, when the reader comes to it. */
class Seen extends HTMLElement {
  #observer: IntersectionObserver | undefined;

  connectedCallback(): void {
    const look = (entries: IntersectionObserverEntry[]): void => {
      if (!entries.some((e) => e.isIntersecting)) return;
      this.#observer?.disconnect();
      this.dispatchEvent(new Event('seen'));
    };
    // Before it is in sight: what comes is there when the reader is.
    this.#observer = new IntersectionObserver(look, { rootMargin: '300px 0px' });
    this.#observer.observe(this);
  }
  disconnectedCallback(): void {
    this.#observer?.disconnect();
  }
}
if (!customElements.get('ew-seen')) customElements.define('ew-seen', Seen);
