/* tax.h - what the host of this example and its plugins share. */
#ifndef TAX_H
#define TAX_H

#include <plugin.h>

/* What a tax exports. */
struct tax {
    long (*tax_of)(long cents);
};

#endif
