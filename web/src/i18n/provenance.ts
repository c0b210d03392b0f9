import { localized } from '.';
import { provenance as english } from './en/provenance';

export const provenance = localized('provenance', english);
