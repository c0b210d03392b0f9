import { css } from 'lit';

/** The mark of a verdict, and what is for those who do not see. */
export const markStyles = css`
  svg.mark {
    width: 1.2em;
    height: 1.2em;
    flex: none;
    fill: none;
    stroke-width: 2.25;
    stroke-linecap: round;
    stroke-linejoin: round;
    vertical-align: -0.25em;
  }
  .mark circle {
    fill: var(--verdict);
  }
  .mark path {
    stroke: var(--paper);
  }
  .vh {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
