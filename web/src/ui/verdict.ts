import { html, type TemplateResult } from 'lit';

const paths: Record<string, string> = {
  runs_well: 'M7 12.5l3.5 3.5L17.5 8.5',
  runs_slowly: 'M12 6.5V12l3.5 2.5',
  likely_fits: 'M12 6.5v7M12 16.8v.4',
  with_host: 'M7 9.5h10M7 14.5h10',
  does_not_run: 'M8 8l8 8M16 8l-8 8',
  unknown: 'M9.4 9.6a2.7 2.7 0 1 1 3.7 2.6c-.8.3-1.1.9-1.1 1.6M12 16.9v.3'
};

export const verdictMark = (verdict: string): TemplateResult =>
  html`<svg class="mark ${verdict}" viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="11" />
    <path d=${paths[verdict] ?? paths.unknown} />
  </svg>`;
