// Numbers as text, held against what `Intl` says of the same number in each language of the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './compile.mjs';

const { written, scientific, tags } = await compile('numbers', 'i18n/index');

/** Of every size, as programs compute and as people write them, with ties and carries among them. */
function* numbers() {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let i = 0; i < 20_000; ++i) {
    const x = (random() - 0.3) * 10 ** Math.floor(random() * 30 - 10);
    yield x;
    yield Number(x.toPrecision(1 + Math.floor(random() * 6)));
  }
  yield* [
    0,
    1,
    9.5,
    0.5,
    1.5,
    0.05,
    0.95,
    0.995,
    99.5,
    999.5,
    999.95,
    1.005,
    0.0005,
    1e21,
    1e22,
    5e-324,
    2 ** 53,
    -0.5
  ];
}
const kinds = [
  ...[1, 2, 3, 4].map((significant) => [{ significant }, { maximumSignificantDigits: significant }]),
  ...[0, 1, 3, 6].map((decimals) => [{ decimals }, { maximumFractionDigits: decimals }]),
  ...[0, 1, 2].map((n) => [
    { decimals: n, least: n },
    { minimumFractionDigits: n, maximumFractionDigits: n }
  ]),
  ...[0, 1].map((decimals) => [
    { decimals, shift: 2 },
    { style: 'percent', maximumFractionDigits: decimals }
  ]),
  [
    { significant: 2, shift: 2 },
    { style: 'percent', maximumSignificantDigits: 2 }
  ]
];

for (const tag of Object.values(tags))
  test(`numbers are written as Intl writes them in ${tag}`, () => {
    for (const [precision, options] of kinds) {
      const format = new Intl.NumberFormat(tag, options);
      for (const x of numbers()) {
        // Only Intl has a zero below zero.
        const expected = format
          .format(x)
          .replace('%', '')
          .replace(/^-(?=[0.]*$)/, '');
        assert.equal(written(x, precision), expected, `${x} ${JSON.stringify(options)}`);
      }
    }
    const format = new Intl.NumberFormat(tag, { notation: 'scientific', maximumSignificantDigits: 2 });
    for (const x of numbers()) assert.equal(scientific(x, 2), format.format(x), String(x));
  });

test('what is no number is said as it is', () => {
  assert.deepEqual(
    [NaN, Infinity, -Infinity].map((x) => written(x, { decimals: 1 })),
    ['NaN', 'Infinity', '-Infinity']
  );
});
