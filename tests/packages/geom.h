/* Package example.com/geom, of two files, which imports example.com/num. */
struct shape {
    double w, h;
};
double geom_area(const struct shape *shape);
int geom_hit(void);
extern int geom_count;
