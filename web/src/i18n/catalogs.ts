import { localized } from '.';
import { catalogs as english } from './en/catalogs';

export const catalogs = localized('catalogs', english);
