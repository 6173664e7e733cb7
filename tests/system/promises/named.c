/* A plugin whose placeholders EVIL, CONE, BIDI, BADU and NEWLINE, in every kind of name, are
 * replaced by control sequences of the same length. */
#include <plugin.h>

enum enumEVIL { enumeratorCONE = 1, enumeratorNEWLINE };
typedef struct tagBIDI typedefBADU;
struct tagBIDI {
    int memberEVIL;
    enum enumEVIL memberNEWLINE;
    union unionCONE {
        int partBIDI;
        float partBADU;
    } memberCONE;
    typedefBADU *nextEVIL;
};

struct tagBIDI variableEVIL;
typedefBADU *variableNEWLINE;
enum enumEVIL variableCONE;
int functionBIDI(union unionCONE *parameterBADU, struct incompleteEVIL *parameterNEWLINE)
{
    return parameterBADU->partBIDI + !parameterNEWLINE;
}
__asm__(".data\n.globl untypedEVIL\n.type untypedEVIL, @object\n.size untypedEVIL, 4\n"
        "untypedEVIL: .long 1\n.text");
__attribute__((section("sectionCONE"))) int variableBADU = 1;
__attribute__((constructor)) static void constructorEVIL(void)
{
    variableBADU++;
}

#ifdef LACKS
int host_takes(struct tagBIDI *nameNEWLINE);
int missingCONE(void), missingNEWLINE(void);
int lacks(void)
{
    return host_takes(&variableEVIL) + missingCONE() + missingNEWLINE();
}
#endif
