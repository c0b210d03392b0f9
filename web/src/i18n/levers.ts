import { localized } from '.';
import { levers as english } from './en/levers';

export const levers = localized('levers', english);
