import { css } from 'lit';

export const styles = css`
  :host {
    display: block;
    color-scheme: light dark;
    --ink: light-dark(#16202a, #e8edf2);
    --dim: light-dark(#566270, #a3afbb);
    --line: light-dark(#d9dfe5, #35404a);
    --paper: light-dark(#fff, #161c22);
    --accent: light-dark(#0b6e63, #4fd0bf);
    --bad: light-dark(#a52a1c, #ff9a8a);
    --mid: light-dark(#855400, #f0bb60);
    font:
      15px/1.45 system-ui,
      sans-serif;
    color: var(--ink);
    container-type: inline-size;
  }
  :host([hidden]) {
    display: none;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  article {
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: 10px;
    padding: 1rem 1.1rem;
  }
  h2 {
    font-size: 1.15rem;
    line-height: 1.3;
    margin: 0 0 0.2rem;
  }
  .runs_well h2 {
    color: var(--accent);
  }
  .runs_slowly h2,
  .likely_fits h2,
  .with_host h2 {
    color: var(--mid);
  }
  .does_not_run h2 {
    color: var(--bad);
  }
  p {
    margin: 0 0 0.6rem;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(2, 1fr);
    gap: 0.8rem;
    margin: 0.8rem 0;
  }
  @container (min-width: 34rem) {
    dl {
      grid-template-columns: repeat(4, 1fr);
    }
  }
  dt,
  small,
  footer {
    color: var(--dim);
    font-size: 0.8rem;
  }
  dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
  }
  dd b {
    font-size: 1.35rem;
    font-weight: 600;
  }
  dd small {
    display: block;
    min-height: 1.2em;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 1rem;
    justify-content: space-between;
  }
  a {
    color: var(--accent);
  }
  a:focus-visible {
    outline: 2px solid;
    outline-offset: 2px;
  }
`;
