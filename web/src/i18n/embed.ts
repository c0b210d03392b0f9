import { localized } from '.';
import { embed as english } from './en/embed';

export const embed = localized('embed', english);
