import { localized } from '.';
import { compare as english } from './en/compare';

export const compare = localized('compare', english);
