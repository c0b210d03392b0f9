import { localized } from '.';
import { elements as english } from './en/elements';

export const elements = localized('elements', english);
