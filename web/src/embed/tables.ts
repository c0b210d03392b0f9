import { css } from 'lit';
import type { Result } from '../types';
import { itemsOf } from './asked';
import { EdgewiseElement } from './element';
import type { Look } from './look';
import { host } from './styles';

/** Rows are higher where columns are narrow, and lists where they have no place at all. */
const place = css`
  .waiting {
    --rest: 9rem;
    --row: 17.8rem;
    min-height: calc(var(--rest) + var(--row) * var(--rows));
  }
  @container (min-width: 24rem) {
    .waiting {
      --row: 13rem;
    }
  }
  @container (min-width: 34rem) {
    .waiting {
      --row: 11rem;
    }
  }
  @container (min-width: 44.4rem) {
    .waiting {
      --rest: 9.5rem;
      --row: 4.5rem;
    }
  }
  @container (min-width: 56rem) {
    .waiting {
      --row: 3.8rem;
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
