import { localized } from '.';
import { accuracy as english } from './en/accuracy';

export const accuracy = localized('accuracy', english);
