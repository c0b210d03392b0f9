import type { method as English } from '../en/method';

export const method: typeof English = {
  intro:
    'One engine, written in C++, computes every number on this page; the command line tool and the page give the same digits. It counts the work of each operator of the model from its architecture, tensor by tensor, and divides by the rates that the device reaches with the runtime. The time of an operator follows from its arithmetic, its memory traffic and a fixed cost, by the formulas below.',
  sure: 'Where measurements of the same device and runtime are published, the rates are fitted to them. Otherwise they come from devices of the same class, and otherwise from the datasheet. The 80 % ranges are the spread of errors on measurements that were held out of the fit, in that same situation.',
  unknown:
    'Where an input is missing, the result is unknown, never zero, and the page names the field that would make it known.',
  groups: {
    input: 'Inputs',
    memory: 'Memory',
    time: 'Time',
    bound: 'What binds',
    energy: 'Energy and cost'
  }
};
