import { css, html, nothing, type TemplateResult } from 'lit';
import { known } from '../format';
import { fill, language, listed, msg, prose, sentence, tags } from '../i18n';
import { compare } from '../i18n/compare';
import { elements as words } from '../i18n/elements';
import { sureness } from '../sentences';
import type { Frame } from '../state';
import type { Result } from '../types';
import { scopeOf, spread, term, text } from '../ui/terms';
import { verdictMark } from '../ui/verdict';
import { asked, itemsOf, required, said } from './asked';
import { linkOf } from './card';
import type { Look, Named, Posed, Shown } from './look';
import { markStyles } from './marks';
import type { Question } from './question';
import { data, questionOf } from './said';
import { box, verdicts } from './styles';

/** Each row is a preset that is fetched, and a table of more is no longer read as one. */
const most = 50;
const lists = { models: 'model', devices: 'device' } as const;
type List = keyof typeof lists;
const isList = (name: string): name is List => Object.hasOwn(lists, name);

const listOf = (attributes: readonly Named[]): Named | undefined =>
  attributes.find(({ name }) => isList(name));

/** What is wrong with the list of a table, if anything is. */
function refusal(attributes: readonly Named[]): string {
  const names = attributes.map(({ name }) => name);
  const listing = names.filter(isList);
  if (listing.length !== 1) return fill(words.oneOf, { names: listed(Object.keys(lists)) });
  const [name] = listing;
  if (names.includes(lists[name])) return fill(words.oneOf, { names: listed([lists[name], name]) });
  const n = itemsOf(listOf(attributes)?.value).length;
  if (n === 0) return fill(words.nothing, { name });
  return n > most ? fill(words.tooMany, { name, n, most }) : '';
}

function pose(attributes: readonly Named[], frame: Frame): Posed {
  const list = listOf(attributes);
  const field = list && lists[list.name as List];
  const needed = list ? required.filter((name) => name !== field) : [];
  const { query, notes } = asked(attributes, frame, Object.keys(lists), needed);
  const refused = refusal(attributes);
  return {
    notes: refused ? [said(refused), ...notes] : notes,
    asked: itemsOf(list?.value).map((item) => ({ query: { ...query, [field!]: item } }))
  };
}

interface Row {
  /** As the attribute has it. */
  item: string;
  question: Question;
  /** Why it has no numbers. */
  failed: string[];
}
function rowsOf({ attributes, questions }: Shown): Row[] {
  const items = itemsOf(listOf(attributes)?.value);
  const before = new Map<string, string>();
  return questions.map((question, i) => {
    const item = items[i] ?? '';
    const failed = question.errors;
    // Two names may mean one preset.
    const keys = question.result && !failed.length ? [linkOf(question)] : [item];
    const first = keys.map((key) => before.get(key)).find((name) => name !== undefined);
    for (const key of keys) before.set(key, item);
    return { item, question, failed: first === undefined ? failed : [fill(words.twice, { name: first })] };
  });
}
const hasNumbers = ({ question, failed }: Row): boolean => !failed.length && question.result !== undefined;

const columns = [
  ['memory_B', (): string => msg.big.memory],
  ['ttft_s', (): string => msg.big.ttft],
  ['decode_tok_s', (): string => msg.big.speed],
  ['energy_per_token_J', (): string => msg.big.energy]
] as const;

function draw(shown: Shown): TemplateResult {
  const { attributes, frame, scheme } = shown;
  const kind = lists[listOf(attributes)!.name as List];
  const rows = rowsOf(shown);
  const answered = rows.filter(hasNumbers);
  const parts = new Map(answered.map((row) => [row, questionOf(row.question.answer, frame).filter(Boolean)]));
  // What all were asked is said once, of all.
  const [first = []] = parts.values();
  const common = first.filter((part) => [...parts.values()].every((all) => all.includes(part)));
  const other = kind === 'device' ? 'model' : 'device';
  const [{ question }] = answered.length ? answered : rows;
  const subject = question.result?.[other].name ?? attributes.find(({ name }) => name === other)?.value ?? '';
  const caption = common.length ? fill(msg.colon, { label: subject, value: listed(common) }) : subject;
  const asides = [...new Set(rows.flatMap((row) => row.question.asides))];
  return html`<article part="table" data-scheme=${scheme} lang=${tags[language()]}>
    <div class="scroll" part="scroll" tabindex="0" role="region" aria-label=${caption}>
      <table role="table">
        <caption>
          <span part="question">${caption}</span>
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">${msg.form[kind]}</th>
            <th scope="col" role="columnheader">${compare.verdict}</th>
            ${columns.map(([, label]) => html`<th scope="col" role="columnheader" class="n">${label()}</th>`)}
            <th scope="col" role="columnheader">${compare.sure}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${rows.map((row) =>
            drawRow(
              row,
              kind,
              (parts.get(row) ?? []).filter((part) => !common.includes(part))
            )
          )}
        </tbody>
      </table>
    </div>
    <footer part="footer">
      <span>${prose(msg.sure.interval, sentence(data(question.answer)), ...asides)}</span>
    </footer>
  </article>`;
}

function drawRow(row: Row, kind: 'model' | 'device', own: string[]): TemplateResult {
  const { item, question, failed } = row;
  const { result: r } = question;
  if (!r || failed.length)
    return html`<tr class="unknown" role="row">
      <th scope="row" role="rowheader">${item}</th>
      <td colspan=${columns.length + 2} role="cell">
        ${failed.length ? html`<span part="error" role="alert">${prose(...failed)}</span>` : '…'}
      </td>
    </tr>`;
  return html`<tr class=${r.verdict} role="row">
    <th scope="row" role="rowheader">
      <a part="link" href=${linkOf(question)} target="_blank" rel="noopener">${r[kind].name}</a>
      ${own.length ? html`<small>${listed(own)}</small>` : nothing}
    </th>
    <td part="verdict" role="cell">${verdictMark(r.verdict)} ${msg.verdict[r.verdict]}</td>
    ${columns.map(([id, label]) => cell(r, id, label()))}
    <td role="cell" data-label=${compare.sure}>${sureness(r).title}</td>
  </tr>`;
}
function cell(r: Result, id: string, label: string): TemplateResult {
  const { value } = term(r, id);
  const below = [spread(term(r, id)), id === 'energy_per_token_J' && known(value) ? scopeOf(r) : ''];
  return html`<td class="n" role="cell" data-term=${id} data-label=${label}>
    ${text(r, id)}${below.map((line) => (line ? html`<small>${line}</small>` : nothing))}
  </td>`;
}

/** Rows that failed, each by its name. */
const partly = (shown: Shown): string[] =>
  rowsOf(shown).flatMap(({ item, failed }) =>
    failed.length ? [fill(msg.colon, { label: item, value: prose(...failed) })] : []
  );

const styles = css`
  .scroll {
    overflow-x: auto;
    margin-bottom: 0.6rem;
  }
  .scroll:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    min-width: 42rem;
    font-variant-numeric: tabular-nums;
  }
  caption {
    text-align: start;
    padding-bottom: 0.4rem;
  }
  /* They stay while the numbers scroll past them. */
  caption span {
    display: block;
    position: sticky;
    inset-inline-start: 0;
    max-width: calc(100cqi - 2.4rem);
  }
  tr > th:first-child {
    min-width: 7.5rem;
  }
  @container (min-width: 30rem) {
    tr > th:first-child {
      position: sticky;
      inset-inline-start: 0;
      background: var(--paper);
    }
  }
  th,
  td {
    text-align: start;
    vertical-align: top;
    padding: 0.4rem 0.9rem 0.4rem 0;
    border-top: 1px solid var(--line);
  }
  tr > :last-child {
    padding-inline-end: 0;
  }
  thead th {
    border: 0;
    color: var(--dim);
    font-size: 0.8rem;
    font-weight: 400;
  }
  tbody th {
    font-weight: 600;
  }
  .n {
    text-align: end;
    white-space: nowrap;
  }
  tbody :is(th, td) {
    font-size: 0.9rem;
  }
  small {
    display: block;
    font-weight: 400;
  }
  td[part='verdict'] {
    color: var(--verdict);
  }
  @container (min-width: 44.4rem) and (max-width: 54rem) {
    table {
      min-width: 0;
    }
    tr > th:first-child {
      min-width: 6.5rem;
    }
    th,
    td {
      padding-inline-end: 0.5rem;
    }
    tbody :is(th, td) {
      font-size: 0.82rem;
    }
    :is(thead th, small) {
      font-size: 0.72rem;
    }
  }
  /* Where seven columns do not fit, each row is a list. */
  @container (max-width: 44.4rem) {
    table,
    caption,
    tbody,
    tr {
      display: block;
      min-width: 0;
    }
    thead {
      display: block;
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
    }
    tbody tr {
      padding-block: 0.6rem;
      border-top: 1px solid var(--line);
    }
    tbody :is(th, td) {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 0.5rem;
      padding: 0.1rem 0;
      border: 0;
      background: none;
    }
    td::before {
      content: attr(data-label);
      margin-inline-end: auto;
      color: var(--dim);
      font-size: 0.8rem;
    }
    td[part='verdict']::before {
      content: none;
    }
    td:last-child {
      display: block;
    }
    td:last-child::before {
      margin-inline-end: 0.5rem;
    }
  }
`;

export const table: Look = {
  styles: [box, verdicts, markStyles, styles],
  pose,
  draw,
  // They are in their rows.
  wrong: () => [],
  partly
};
