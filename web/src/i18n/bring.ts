import { localized } from '.';
import { bring as english } from './en/bring';

export const bring = localized('bring', english);
