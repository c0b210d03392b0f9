import { localized } from '.';
import { handing as english } from './en/handing';

export const handing = localized('handing', english);
