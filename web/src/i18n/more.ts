import { localized } from '.';
import { more as english } from './en/more';

export const more = localized('more', english);
