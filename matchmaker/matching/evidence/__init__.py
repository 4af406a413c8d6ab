"""What speaks for somebody's giving what is wanted, and what for somebody else's.

Own evidence is the likeness of the want to all that a giver gives together. Nobody
writes down all they can do, and what one left out a colleague may have said: so a
giver's evidence is also that of those whose offers are most like theirs, where it is
more (smoothing a document with its neighbours: Kurland and Lee 2004; Tao et al. 2006).
What somebody has helped with, they can help with again: where others said so, the words
of what they wanted stand beside the giver's own (as queries beside the pages that
answered them: Xue et al. 2004). And where somebody could not help with a want, others of
their kind are less likely to. All this counts for how likely somebody can help, and is
never quoted.
"""

from matchmaker.matching.evidence.base import Evidence
from matchmaker.matching.evidence.few import of_few
from matchmaker.matching.evidence.many import of_many
from matchmaker.matching.shelves import Shelf
from matchmaker.matching.sketch import Sketch
from matchmaker.matching.vectors import Vectors

__all__ = ["Evidence", "gather"]


def gather(vectors: Vectors | Sketch, gives: Shelf, seeks: Shelf) -> Evidence:
    """The evidence, kept by `seeks`. Somebody gives something, and somebody wants it.

    Of a `Sketch`, that is of very many, neither colleagues nor what came of earlier
    meetings have a part in it, and rivals are a sample: the same whenever it is asked
    for, evenly spread over the ranks, and one more or less when somebody joins at the
    end.
    """
    if gives not in seeks.evidence:
        seeks.evidence[gives] = (
            of_few(vectors, gives, seeks)
            if isinstance(vectors, Vectors)
            else of_many(vectors, gives, seeks)
        )
    found: Evidence = seeks.evidence[gives]
    return found
