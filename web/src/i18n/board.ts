import { localized } from '.';
import { board as english } from './en/board';

export const board = localized('board', english);
