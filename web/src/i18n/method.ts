import { localized } from '.';
import { method as english } from './en/method';

export const method = localized('method', english);
