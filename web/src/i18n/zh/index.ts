import type { Sections } from '../sections';
import { accuracy } from './accuracy';
import { answer } from './answer';
import { board } from './board';
import { bring } from './bring';
import { catalogs } from './catalogs';
import { classes } from './classes';
import { compare } from './compare';
import { elements } from './elements';
import { embed } from './embed';
import { explore } from './explore';
import { form } from './form';
import { handing } from './handing';
import { known } from './known';
import { levers } from './levers';
import { method } from './method';
import { more } from './more';
import { page } from './page';
import { panels } from './panels';
import { problems } from './problems';
import { provenance } from './provenance';
import { quality } from './quality';

export const zh: Sections = {
  main: { ...page, ...form, ...answer, ...panels },
  classes,
  accuracy,
  board,
  bring,
  catalogs,
  compare,
  elements,
  embed,
  explore,
  handing,
  known,
  levers,
  method,
  more,
  problems,
  provenance,
  quality
};
