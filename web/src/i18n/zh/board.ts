import type { board as English } from '../en/board';

export const board: typeof English = {
  title: 'This board, before and after it was measured',
  about:
    'Before: what is known of its kind alone. After: what was measured on it. The range below a number is where 80 of 100 boards lie.',
  before: 'Before',
  after: 'After',
  change: 'Change',
  decode: 'Decoding',
  prefill: 'Prefill',
  memory: 'Memory',
  energy: 'Energy a token',
  moved: 'What the measurement moved'
};
