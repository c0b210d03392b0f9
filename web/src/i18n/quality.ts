import { localized } from '.';
import { quality as english } from './en/quality';

export const quality = localized('quality', english);
