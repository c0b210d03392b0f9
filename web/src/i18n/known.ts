import { localized } from '.';
import { known as english } from './en/known';

export const known = localized('known', english);
