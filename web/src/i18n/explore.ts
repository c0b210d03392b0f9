import { localized } from '.';
import { explore as english } from './en/explore';

export const explore = localized('explore', english);
