import { css } from 'lit';
import type { Result } from '../types';
import { itemsOf } from './asked';
import { EdgewiseElement } from './element';
import type { Look } from './look';
import { host } from './styles';

/** Rows are higher where columns are narrow, and lists where they have no place at all. */
const place = css`
  .waiting {
    min-height: calc(9rem + 17.8rem * var(--rows));
  }
  @container (min-width: 24rem) {
    .waiting {
      min-height: calc(9rem + 13rem * var(--rows));
    }
  }
  @container (min-width: 34rem) {
    .waiting {
      min-height: calc(9rem + 11rem * var(--rows));
    }
  }
  @container (min-width: 44.4rem) {
    .waiting {
      min-height: calc(9.5rem + 4.5rem * var(--rows));
    }
  }
  @container (min-width: 56rem) {
    .waiting {
      min-height: calc(9.5rem + 3.8rem * var(--rows));
    }
  }
`;

/**
 * <edgewise-table model="llama-3.2-1b" devices="raspberry-pi-5-8gb, jetson-orin-nano-8gb">fallback</edgewise-table>
 * One model on several devices, or with `device` and `models` the other way round: a row each. `edgewise-answer` tells a
 * list of results, null where a row has none.
 */
export class EdgewiseTable extends EdgewiseElement {
  static styles = [host, place];

  protected async look(): Promise<Look> {
    return (await import('./table')).table;
  }
  protected room(): string {
    const rows = itemsOf(this.getAttribute('devices') ?? this.getAttribute('models')).length;
    return `--rows: ${rows}`;
  }
  protected detail(results: (Result | undefined)[]): (Result | null)[] {
    return results.map((r) => r ?? null);
  }
}
