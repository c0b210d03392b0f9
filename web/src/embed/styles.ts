import { css } from 'lit';

/** The colours, which a page may choose. */
export const palette = css`
  color-scheme: light;
  --ink: var(--edgewise-ink, light-dark(#16202a, #e8edf2));
  --dim: var(--edgewise-dim, light-dark(#566270, #a3afbb));
  --line: var(--edgewise-line, light-dark(#d9dfe5, #35404a));
  --paper: var(--edgewise-paper, light-dark(#fff, #161c22));
  --accent: var(--edgewise-accent, light-dark(#0b6e63, #4fd0bf));
  --bad: var(--edgewise-bad, light-dark(#a52a1c, #ff9a8a));
  --mid: var(--edgewise-mid, light-dark(#855400, #f0bb60));
`;

export const verdicts = css`
  .unknown {
    --verdict: var(--dim);
  }
  .runs_well {
    --verdict: var(--accent);
  }
  .runs_slowly,
  .likely_fits,
  .with_host {
    --verdict: var(--mid);
  }
  .does_not_run {
    --verdict: var(--bad);
  }
`;

/** Of every element. */
export const hidden = css`
  :host([hidden]) {
    display: none;
  }
`;
/** Of those that stand by themselves. */
export const host = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  :host([view='badge']) {
    display: inline-block;
    container-type: normal;
    max-width: 100%;
  }
  ${hidden}
  .waiting,
  .failed,
  [part='error'] {
    display: block;
  }
  p,
  .failed [part='error'] {
    margin: 0 0 0.6rem;
  }
`;

/** The place of what comes, before it is there too: as edgewise.css of the guide has it. */
export const places = css`
  article,
  .waiting {
    min-height: 29rem;
  }
  :host([view='chart']) .waiting {
    min-height: calc(39rem + 100cqi);
  }
  :host([view='full']) .waiting {
    min-height: 188rem;
  }
  @container (min-width: 24rem) {
    article,
    .waiting {
      min-height: 26rem;
    }
    :host([view='chart']) .waiting {
      min-height: calc(30rem + 100cqi);
    }
    :host([view='full']) .waiting {
      min-height: 162rem;
    }
  }
  @container (min-width: 34rem) {
    article,
    .waiting {
      min-height: 18.5rem;
    }
    :host([view='full']) .waiting {
      min-height: 150rem;
    }
  }
  @container (min-width: 40rem) {
    :host([view='chart']) .waiting {
      min-height: calc(18.7rem + 26.5cqi);
    }
    :host([view='full']) .waiting {
      min-height: 108rem;
    }
  }
  @container (min-width: 60rem) {
    :host([view='full']) .waiting {
      min-height: 97rem;
    }
  }
  :host([view='badge']) .waiting {
    min-height: 0;
  }
`;

/** A box with what it rests on at its foot. */
export const box = css`
  article {
    ${palette}
    font: 15px/1.45 var(--edgewise-font, system-ui, sans-serif);
    box-sizing: border-box;
    color: var(--ink);
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: var(--edgewise-radius, 10px);
    padding: 1rem 1.1rem;
    /* English and Chinese, whatever the page around is in. */
    direction: ltr;
    display: flex;
    flex-direction: column;
  }
  [data-scheme='dark'] {
    color-scheme: dark;
  }
  small,
  footer,
  [part='question'] {
    color: var(--dim);
    font-size: 0.8rem;
  }
  footer {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2rem 1rem;
    justify-content: space-between;
    margin-top: auto;
  }
  a {
    color: var(--accent);
  }
  a:focus-visible {
    outline: 2px solid;
    outline-offset: 2px;
  }
`;

export const cardStyles = css`
  h2 {
    color: var(--verdict);
    font-size: 1.15rem;
    line-height: 1.3;
    margin: 0 0 0.2rem;
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
  dt {
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
`;
