import { configureGlobal } from 'fast-check';

// That a fault was noticed is enough: the least case that shows it is nobody's concern here, and takes long to find.
configureGlobal({ endOnFailure: true });
