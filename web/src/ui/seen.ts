/** Says `seen` once, when the reader comes to it. */
class Seen extends HTMLElement {
  #observer: IntersectionObserver | undefined;

  connectedCallback(): void {
    this.#observer = new IntersectionObserver((entries) => {
      if (!entries.some((e) => e.isIntersecting)) return;
      this.#observer?.disconnect();
      this.dispatchEvent(new Event('seen'));
    });
    this.#observer.observe(this);
  }
  disconnectedCallback(): void {
    this.#observer?.disconnect();
  }
}
if (!customElements.get('ew-seen')) customElements.define('ew-seen', Seen);
