/* Every sentence of a derivation, in every language. See sentence.h for how they are written.
 *
 * A term is marked with *stars* where it is explained. Chinese uses the terms of the original
 * notes: 列切, 行切, 拼接, 求和, 误差项.
 *
 *  id, kinds of the arguments, English, Chinese */
#ifndef SP_DERIVE_SENTENCES_H
#define SP_DERIVE_SENTENCES_H

#define SP_SENTENCES(X)                                                                          \
    SP_SENTENCES_FRAME(X)                                                                        \
    SP_SENTENCES_RULE(X)                                                                         \
    SP_SENTENCES_RANKS(X)                                                                        \
    SP_SENTENCES_PROOF(X)                                                                        \
    SP_SENTENCES_NUMBERS(X)                                                                      \
    SP_SENTENCES_NETWORK(X)

/* ---- the document, tables ---- */
#define SP_SENTENCES_FRAME(X)                                                                    \
    X(TITLE, "c", "Derivation of {0}", "{0} 的推导")                                             \
    X(TITLE_CASE, "cc", "Derivation of {0}, scheme {1}", "{0} 的推导（方案 {1}）")               \
    X(INTRO, "c",                                                                                \
      "{0} is a *scheme*: it says what every one of several processes computes of a two-layer "  \
      "network whose matrices are split over them. This derivation shows that together they "    \
      "compute the gradients of the unsplit network.",                                           \
      "{0} 是一个*方案*：它规定两层网络的矩阵切分到多个进程上之后，每个进程各算什么。"            \
      "下面的推导说明：合起来算出的正是未切分网络的梯度。")                                      \
    X(INTRO_WRONG, "c",                                                                          \
      "{0} is a *scheme*: it says what every one of several processes computes of a two-layer "  \
      "network whose matrices are split over them. It does not compute the gradients of the "    \
      "unsplit network: this derivation goes as far as the line where it parts from them.",      \
      "{0} 是一个*方案*：它规定两层网络的矩阵切分到多个进程上之后，每个进程各算什么。"            \
      "它算出的不是未切分网络的梯度：推导进行到它偏离的那一行为止。")                            \
    X(INTRO_OPEN, "c",                                                                           \
      "{0} is a *scheme*: it says what every one of several processes computes of a two-layer "  \
      "network whose matrices are split over them. Whether together they compute the gradients " \
      "of the unsplit network could not be told for every result.",                              \
      "{0} 是一个*方案*：它规定两层网络的矩阵切分到多个进程上之后，每个进程各算什么。"            \
      "是否每个结果都正是未切分网络的梯度，未能全部判定。")                                      \
    X(INTRO_GENERATED, "c",                                                                      \
      "Every line below is made from the text of {0} and from symbolic differentiation.",        \
      "下面每一行都由 {0} 的文本和符号求导得出。")                                              \
    X(COLUMN_TENSOR, "", "matrix", "矩阵")                                                       \
    X(COLUMN_SHAPE, "", "shape", "形状")                                                         \
    X(COLUMN_CASE_SHAPE, "", "here", "本例")                                                     \
    X(COLUMN_MEANING, "", "what it is", "含义")                                                  \
    X(COLUMN_ON_RANK, "", "on a rank", "每个 rank 上")                                           \
    X(COLUMN_RANK_SIZES, "", "sizes on r0, r1, ..", "各 rank 上的大小")                          \
    X(COLUMN_PART, "", "which part", "哪一部分")                                                 \
    X(COLUMN_PASS, "", "pass", "阶段")                                                           \
    X(COLUMN_STATEMENT, "", "for", "用于")                                                       \
    X(COLUMN_COLLECTIVE, "", "collective", "集合通信")                                           \
    X(COLUMN_PAYLOAD, "", "entries a rank gives", "每个 rank 给出的元素数")                      \
    X(COLUMN_MOVED_RANK, "", "moved by a rank, on average", "每个 rank 平均传输的元素数")        \
    X(COLUMN_MOVED, "", "moved in total", "传输总量")                                            \
    X(COLUMN_RESULT, "", "result", "结果")                                                       \
    X(COLUMN_STATUS, "", "proof", "证明")                                                        \
    X(COLUMN_REASON, "", "why", "原因")                                                          \
    X(COLUMN_DIFFERENCE, "", "largest difference and bound", "最大差与界")                       \
    X(COLUMN_SLOPES, "", "finite differences", "有限差分")                                       \
    X(COLUMN_VERDICT, "", "verdict", "结论")                                                     \
    X(NOTHING, "", "-", "-")                                                                     \
    X(TENSOR_X, "", "the inputs, one in each row", "输入，每行一个样本")                         \
    X(TENSOR_Y, "", "the outputs that are wanted", "期望的输出")                                 \
    X(TENSOR_W1, "", "weights of the hidden layer", "隐层的权重")                                \
    X(TENSOR_B1, "", "bias of the hidden layer", "隐层的偏置")                                   \
    X(TENSOR_W2, "", "weights of the output layer", "输出层的权重")                              \
    X(TENSOR_B2, "", "bias of the output layer", "输出层的偏置")                                 \
    X(RESULT_Z1, "", "hidden layer before its activation", "激活前的隐层")                       \
    X(RESULT_A1, "", "hidden layer", "隐层")                                                     \
    X(RESULT_Z2, "", "output layer before its activation", "激活前的输出层")                     \
    X(RESULT_A2, "", "output layer", "输出层")                                                   \
    X(RESULT_D2, "", "error term of the output layer", "输出层的误差项")                         \
    X(RESULT_D1, "", "error term of the hidden layer", "隐层的误差项")                           \
    X(RESULT_DW1, "", "gradient of W1", "W1 的梯度")                                             \
    X(RESULT_DB1, "", "gradient of b1", "b1 的梯度")                                             \
    X(RESULT_DW2, "", "gradient of W2", "W2 的梯度")                                             \
    X(RESULT_DB2, "", "gradient of b2", "b2 的梯度")                                             \
    X(RESULT_DX, "", "gradient of X", "X 的梯度")

/* ---- the unsplit network ---- */
#define SP_SENTENCES_RULE(X)                                                                     \
    X(HEADING_SHAPES, "", "Shapes", "形状")                                                      \
    X(SHAPES_NETWORK, "mmm",                                                                     \
      "The network maps a *batch*, the {1} rows of {0}, to as many rows of outputs, which {2} "  \
      "says what they should be.",                                                               \
      "网络把一个*批次*（{0} 的 {1} 行）映射成同样多行的输出；{2} 给出期望的输出。")             \
    X(SHAPES_LAYER, "mmmmmm",                                                                    \
      "It has two layers. Each multiplies by its *weights* {0}, {1}, adds its *bias* {2}, {3} "  \
      "to every row, and applies its *activation* {4}, {5}, a function of one number, to every " \
      "entry.",                                                                                  \
      "它有两层。每一层乘以*权重* {0}、{1}，给每一行加上*偏置* {2}、{3}，再对每个元素施以"        \
      "*激活函数* {4}、{5}（一元函数）。")                                                       \
    X(HEADING_FORWARD, "", "Forward pass", "前向传播")                                           \
    X(FORWARD_INTRO, "", "From the inputs to the outputs:", "从输入到输出：")                    \
    X(FORWARD_BIAS, "", "A vector that is added to a matrix is added to each of its rows.",      \
      "向量与矩阵相加，是把向量加到矩阵的每一行上。")                                            \
    X(FORWARD_ENTRIES, "", "Entry by entry, with rows and columns as indices:",                  \
      "逐个元素写出（方括号里是行、列下标）：")                                                  \
    X(FUNCTIONS, "tmtm",                                                                         \
      "In this case {1} is {0} and {3} is {2}. These are the formulas, and their derivatives "   \
      "(found symbolically; step(z) is 1 for z > 0, else 0):",                                   \
      "本例中 {1} 是 {0}，{3} 是 {2}。公式及其导数（由符号求导得到；step(z) 在 z > 0 时为 1，"    \
      "否则为 0）：")                                                                             \
    X(HEADING_LOSS, "", "The loss", "损失")                                                      \
    X(LOSS_INTRO, "m",                                                                           \
      "The *loss* {0} is one number that says how far the outputs are from the wanted ones: the " \
      "sum over all entries of a function of the two.",                                          \
      "*损失* {0} 是一个数，表示输出与期望相差多远：对所有元素，把两者的一个函数加起来。")        \
    X(LOSS_ANY, "mm",                                                                            \
      "Nothing more need be known of {0} than its derivative {1} by its first argument.",        \
      "关于 {0}，只需知道它对第一个自变量的导数 {1}。")                                          \
    X(LOSS_CASE, "tm", "In this case the loss is {0}; {1} is its derivative by the output a:",   \
      "本例的损失是 {0}；{1} 是它对输出 a 的导数：")                                             \
    X(HEADING_BACKWARD, "", "Backward pass: the chain rule, step by step",                       \
      "反向传播：链式法则，一步一步来")                                                          \
    X(BACKWARD_GRADIENT, "m",                                                                    \
      "The *gradient* of {0} by a matrix holds the derivative of {0} by each of its entries; it " \
      "has the shape of the matrix.",                                                            \
      "{0} 对一个矩阵的*梯度*由 {0} 对其每个元素的导数组成，形状与该矩阵相同。")                 \
    X(BACKWARD_CHAIN, "m",                                                                       \
      "The *chain rule*: if an entry acts on {0} only through the entries of another matrix, "   \
      "its derivative is the sum, over all entries of that one, of the two derivatives along "   \
      "the way.",                                                                                \
      "*链式法则*：若某个元素只通过另一矩阵的元素影响 {0}，那么它的导数等于对后者所有元素求和，"  \
      "每项是沿途两个导数的乘积。")                                                              \
    X(BACKWARD_ORDER, "",                                                                        \
      "The steps go through the forward pass in reverse: every value acts through the next one " \
      "alone.",                                                                                  \
      "按前向传播的逆序一步步进行：每个值只通过它的下一个值起作用。")                            \
    X(HEADING_SLOPE, "m", "{0}", "{0}")                                                          \
    X(HEADING_ERROR_TERM, "mm", "The error term {0} = {1}", "误差项 {0} = {1}")                  \
    X(CHAIN_LOSS, "m", "{0} stands in the loss itself, each entry in one term of the sum:",      \
      "{0} 直接出现在损失里，每个元素只在一项中：")                                              \
    X(CHAIN_THROUGH, "mm", "{0} acts on the loss through {1} only, so by the chain rule",        \
      "{0} 只通过 {1} 影响损失，由链式法则：")                                                   \
    X(CHAIN_LOCAL, "m", "The second factor comes from the line that defines {0}:",               \
      "第二个因子由 {0} 的定义式得到：")                                                         \
    X(CHAIN_BRACKET, "",                                                                         \
      "A bracket such as [a = b] is 1 where the two agree and 0 elsewhere: of a sum over one of " \
      "them it leaves one term.",                                                                \
      "方括号（如 [a = b]）在两者相等时为 1，否则为 0：对其中一个求和，只剩一项。")             \
    X(CHAIN_SO, "", "Therefore", "因此")                                                         \
    X(CHAIN_LEFT, "", "Of the sums only the terms are left where the indices agree:",             \
      "求和中只剩下标相等的那些项：")                                                            \
    X(FORM_PRODUCT, "", "That is an entry of a product of matrices:",                            \
      "这正是矩阵乘积的一个元素：")                                                              \
    X(FORM_PRODUCT_FIRST, "mm",                                                                  \
      "That is an entry of a product of matrices, where {0} (the *transpose*) is {1} with rows " \
      "and columns exchanged:",                                                                  \
      "这正是矩阵乘积的一个元素，其中 {0}（*转置*）是把 {1} 的行列互换：")                       \
    X(FORM_HADAMARD, "", "That is a Hadamard product:", "这是 Hadamard 积：")                    \
    X(FORM_HADAMARD_FIRST, "", "That is a product entry by entry, the *Hadamard product*:",      \
      "这是逐元素的乘积，即 *Hadamard 积*：")                                                    \
    X(FORM_TOTAL, "", "That is the sum of all rows, over the batch:", "这是对批次的所有行求和：") \
    X(FORM_TOTAL_FIRST, "m",                                                                     \
      "That is the sum of all rows, over the batch ({0} stands for every column):",              \
      "这是对批次的所有行求和（{0} 表示每一列）：")                                              \
    X(FORM_ENTRIES, "", "For all entries at once:", "对所有元素一起写：")                        \
    X(FORM_NONE, "", "It has no simpler form as matrices.", "它没有更简单的矩阵形式。")          \
    X(ERROR_TERM, "m", "This is called the *error term* {0} of its layer.",                      \
      "它称为这一层的*误差项* {0}。")                                                            \
    X(FORM_IS_RULE, "c", "The delta rule's line {0} is the same expression, as the prover finds.", \
      "delta 规则中的一行 {0} 与此是同一个表达式（由证明器核对）。")                             \
    X(HEADING_RULE, "", "The delta rule", "delta 规则")                                          \
    X(RULE_PROVED, "",                                                                           \
      "Together these are the *delta rule*: the gradients of the unsplit network. What was "     \
      "differentiated above and these lines are equal for all sizes, data and functions:",       \
      "合起来就是 *delta 规则*：未切分网络的梯度。上面求导所得与下面各行，对一切大小、数据和函数都相等：") \
    X(RULE_SUMMARY, "", "Together these are the *delta rule*: the gradients of the unsplit "     \
      "network:", "合起来就是 *delta 规则*：未切分网络的梯度：")

/* ---- the ranks ---- */
#define SP_SENTENCES_RANKS(X)                                                                    \
    X(HEADING_RANKS, "", "On the ranks: who holds what", "在各 rank 上：谁持有什么")             \
    X(RANKS_INTRO, "",                                                                           \
      "Now the same is computed by several *ranks*, processes that work side by side; each "     \
      "holds *shards*, parts of the matrices.",                                                  \
      "现在由多个 *rank*（并行工作的进程）来算；每个 rank 只持有矩阵的*分片*（一部分）。")      \
    X(RANKS_NONE, "", "This scheme has no mesh: one rank holds everything.",                     \
      "这个方案没有网格：一个 rank 持有全部。")                                                  \
    X(RANKS_ONE_AXIS, "cmmm",                                                                    \
      "They stand in a *mesh* of one *axis*, {0}: {1} is a rank's number, {2} how many there "   \
      "are, and {3} with a rank below it is that rank's part.",                                  \
      "它们排成只有一根*轴* {0} 的*网格*：{1} 是 rank 的编号，{2} 是 rank 的个数；{3} 右下角带编号的，"\
      "是该 rank 持有的部分。")                                                                  \
    X(RANKS_AXES, "lcm",                                                                         \
      "They stand in a *mesh* with the *axes* {0}: a rank has one coordinate on each, written "  \
      "with the axis' name, such as {1}; {2} is the number of ranks along it. Ranks are numbered " \
      "with the last axis fastest.",                                                             \
      "它们排成*网格*，*轴*有 {0}：每个 rank 在每根轴上有一个坐标，就用轴的名字来写，如 {1}；"    \
      "{2} 是沿这根轴的 rank 数。rank 的编号以最后一根轴变化最快。")                                                              \
    X(RANKS_SPLIT, "cmc",                                                                        \
      "{0} reads: the indices of {1} are *split* over {2}: each is owned by one rank, own(k) "   \
      "for the index k. It also stands for how many of them a rank owns; parts need not be "     \
      "equal.",                                                                                  \
      "{0} 读作：{1} 的下标*切分*到 {2} 上，下标 k 归 rank own(k) 所有；它也表示一个 rank "         \
      "拥有多少个下标。各部分不必相等。")                                                        \
    X(MESH_CASE, "l", "In this case {0}.", "本例中 {0}。")                                       \
    X(MESH_EXAMPLE, "l",                                                                         \
      "The pictures are drawn for an example, {0}, with sizes that mean nothing; the formulas "  \
      "hold for all.",                                                                           \
      "图按一个例子来画：{0}，大小没有特别含义；公式则对一切情形成立。")                          \
    X(HELD_INTRO, "", "Before anything is computed, every rank holds:",                          \
      "计算开始之前，每个 rank 持有：")                                                          \
    X(SPLIT_WHOLE, "", "the whole, on every rank", "每个 rank 都持有全部")                       \
    X(SPLIT_ROWS, "l", "its rows, over {0}", "行切（{0}）：自己的行")                             \
    X(SPLIT_COLUMNS, "l", "its columns, over {0}", "列切（{0}）：自己的列")                       \
    X(SPLIT_ENTRIES, "l", "its entries, over {0}", "切分（{0}）：自己的元素")                     \
    X(SPLIT_BLOCK, "ll", "a block: rows over {0}, columns over {1}",                             \
      "一块：行切（{0}），列切（{1}）")                                                          \
    X(PICTURE_FIRST, "c",                                                                        \
      "In pictures a block is labelled with the ranks that hold it ({0} is rank 0), and parts "  \
      "are drawn to scale:",                                                                     \
      "图中每一块标着持有它的 rank（{0} 即 0 号 rank），各部分按比例画出：")                     \
    X(HEADING_RANKS_FORWARD, "", "Forward pass on the ranks", "各 rank 上的前向传播")            \
    X(HEADING_RANKS_BACKWARD, "", "Backward pass on the ranks", "各 rank 上的反向传播")          \
    X(HEADING_STATEMENT, "c", "{0}", "{0}")                                                      \
    X(HEADING_WRONG, "c", "{0}  <- here it parts from the delta rule",                           \
      "{0}  <- 从这里偏离 delta 规则")                                                           \
    X(STATEMENT, "c", "Every rank computes a value laid out as {0}:",                            \
      "每个 rank 算出布局为 {0} 的值：")                                                         \
    X(PRODUCT_PARTIAL, "ml",                                                                     \
      "The product runs over {0}, which is split over {1}: each rank has only the terms of its " \
      "own indices, a *partial sum* of the full size.",                                          \
      "这个乘积沿 {0} 求和，而 {0} 切分在 {1} 上：每个 rank 只有自己下标的那些项，"               \
      "即一个完整大小的*部分和*。")                                                              \
    X(PRODUCT_COLUMNS, "",                                                                       \
      "Columns of a product need only these columns of the right factor, so nothing is "         \
      "communicated:",                                                                           \
      "乘积的若干列只需要右因子的这些列（列切），无须通信：")                                     \
    X(PRODUCT_ROWS, "",                                                                          \
      "Rows of a product need only these rows of the left factor, so nothing is communicated:",  \
      "乘积的若干行只需要左因子的这些行（行切），无须通信：")                                     \
    X(PRODUCT_BLOCK, "",                                                                         \
      "A block of a product needs only its rows of the left factor and its columns of the "      \
      "right one, so nothing is communicated.",                                                  \
      "乘积的一块只需要左因子的相应行和右因子的相应列，无须通信。")                              \
    X(PRODUCT_WHOLE, "", "Both factors are whole: every rank computes the same.",                \
      "两个因子都是完整的：每个 rank 算出相同的结果。")                                          \
    X(ENTRYWISE, "",                                                                             \
      "It is computed entry by entry, so the rank's part needs only its own entries: nothing is " \
      "communicated.",                                                                           \
      "逐元素计算，所以每个 rank 的部分只需要自己的元素：无须通信。")                            \
    X(OP_ALLREDUCE, "c",                                                                         \
      "An *all-reduce* over {0} is a collective operation, one in which all ranks along the "    \
      "axis take part: it adds what they hold, entry by entry, and gives every one the sum.",    \
      "沿 {0} 的 *all-reduce* 是一种集合通信（轴上所有 rank 一起参加）：把各自持有的值逐元素求和，"\
      "结果人人都有。")                                                                          \
    X(OP_ALLGATHER, "c",                                                                         \
      "An *all-gather* over {0} is a collective operation, one in which all ranks along the "    \
      "axis take part: it puts their parts together in the order of the whole (cat) and gives "  \
      "every one the result.",                                                                   \
      "沿 {0} 的 *all-gather* 是一种集合通信（轴上所有 rank 一起参加）：把各部分按整体的次序"     \
      "拼接起来（cat），结果人人都有。")                                                          \
    X(OP_REDUCESCATTER, "c",                                                                     \
      "A *reduce-scatter* over {0} is a collective operation, one in which all ranks along the " \
      "axis take part: it adds what they hold and leaves each its own part of the sum (rows_r: " \
      "the rows that rank r owns; cols_r: its columns).",                                        \
      "沿 {0} 的 *reduce-scatter* 是一种集合通信（轴上所有 rank 一起参加）：先求和，"              \
      "再让每个 rank 只留下自己的那一部分（rows_r：rank r 的行；cols_r：它的列）。")                                                    \
    X(OP_SLICE, "c",                                                                             \
      "*slice* keeps this rank's own part along {0} of what it has already; nothing is sent.",   \
      "*slice* 只留下沿 {0} 属于本 rank 的部分；不需要通信。")                                   \
    X(OP_ALLTOALL, "c",                                                                          \
      "An *all-to-all* over {0} exchanges parts, so that another dimension becomes the split one.", \
      "沿 {0} 的 *all-to-all* 互换各部分，使另一维成为被切分的维。")                             \
    X(OP_BROADCAST, "c", "A *broadcast* over {0} gives every rank the value of one of them.",    \
      "沿 {0} 的 *broadcast* 把其中一个 rank 的值发给所有 rank。")                               \
    X(OP_SHIFT, "c", "A *shift* over {0} gives every rank the value of another one, cyclically.", \
      "沿 {0} 的 *shift* 循环地把另一个 rank 的值交给每个 rank。")                               \
    X(OP_ONLY, "c", "*only* keeps the value on one coordinate of {0} and puts 0 elsewhere.",     \
      "*only* 只在 {0} 的一个坐标上保留该值，其余处为 0。")                                      \
    X(WHY_SUM, "lc",                                                                             \
      "It is needed since the sum over {0} stops at the rank's own indices; added over {1}, "    \
      "every index is counted once.",                                                            \
      "之所以需要：沿 {0} 的和只到本 rank 自己的下标为止；再沿 {1} 求和，每个下标恰好算一次。")  \
    X(WHY_SAME, "cm",                                                                            \
      "Here every rank along {0} holds the same: the sum is {1} times it.",                      \
      "这里沿 {0} 的每个 rank 持有相同的值：求和得到它的 {1} 倍。")                              \
    X(WHY_GATHER, "mc",                                                                          \
      "It is needed since all indices of {0} are used below, and a rank holds only those that "  \
      "it owns over {1}.",                                                                       \
      "之所以需要：下面要用到 {0} 的全部下标，而每个 rank 沿 {1} 只有自己的那些。")              \
    X(STANDING_WHOLE, "mm", "So {0} is the delta rule's {1}, whole and the same on every rank.", \
      "所以 {0} 就是 delta 规则的 {1}，每个 rank 上都是完整的、相同的。")                        \
    X(STANDING_ROWS, "mm",                                                                       \
      "So {0} is the rank's rows of the delta rule's {1}; on top of each other the parts are "   \
      "the whole.",                                                                              \
      "所以 {0} 是 delta 规则的 {1} 中属于该 rank 的行；上下拼接即得整体。")                     \
    X(STANDING_COLUMNS, "mm",                                                                    \
      "So {0} is the rank's columns of the delta rule's {1}; side by side the parts are the "    \
      "whole.",                                                                                  \
      "所以 {0} 是 delta 规则的 {1} 中属于该 rank 的列；左右拼接即得整体。")                     \
    X(STANDING_ENTRIES, "mm", "So {0} is the rank's entries of the delta rule's {1}.",           \
      "所以 {0} 是 delta 规则的 {1} 中属于该 rank 的元素。")                                     \
    X(STANDING_BLOCK, "mm", "So {0} is the rank's block of the delta rule's {1}.",               \
      "所以 {0} 是 delta 规则的 {1} 中属于该 rank 的一块。")                                     \
    X(STANDING_PARTIAL, "mmc",                                                                   \
      "So {0} is a partial sum: not {1} yet, but added over {2} it is.",                         \
      "所以 {0} 是部分和：它还不是 {1}，沿 {2} 求和之后才是。")                                  \
    X(STANDING_NONE, "m", "{0} is none of the delta rule's matrices; it is used below.",         \
      "{0} 不是 delta 规则中的矩阵；下面会用到它。")                                             \
    X(STANDING_OPEN, "m", "What {0} is to the delta rule could not be told.",                    \
      "未能判定 {0} 与 delta 规则的关系。")                                                      \
    X(HEADING_MERGES, "", "How the ranks' results make the whole", "各 rank 的结果如何合成整体") \
    X(MERGES_INTRO, "",                                                                          \
      "Parts that are different entries of the whole are put together (concat), never added; "   \
      "summands of the same entries are added, never put side by side.",                         \
      "若各部分是整体的不同元素，就拼接，绝不相加；若是同一些元素的加数，就求和，绝不拼接。")      \
    X(HEADING_MERGE, "c", "{0}", "{0}")                                                          \
    X(MERGE_WHOLE, "m", "Every rank holds all of {0}, and all of them the same: nothing is merged.", \
      "每个 rank 都持有完整且相同的 {0}：无须合并。")                                            \
    X(MERGE_ROWS, "ml", "Each rank holds its rows of {0} (over {1}): they are stacked.",         \
      "每个 rank 持有 {0} 的若干行（行切，{1}）：上下拼接。")                                    \
    X(MERGE_COLUMNS, "ml", "Each rank holds its columns of {0} (over {1}): they are put side by " \
      "side.", "每个 rank 持有 {0} 的若干列（列切，{1}）：左右拼接。")                           \
    X(MERGE_ENTRIES, "ml", "Each rank holds its entries of {0} (over {1}): they are put in order.", \
      "每个 rank 持有 {0} 的若干元素（{1}）：依次拼接。")                                         \
    X(MERGE_BLOCKS, "ml", "Each rank holds a block of {0} (over {1}): the blocks tile it.",      \
      "每个 rank 持有 {0} 的一块（{1}）：各块拼成整体。")                                         \
    X(MERGE_SUM, "mc", "{0} is the sum over {1} of what the ranks hold.",                        \
      "{0} 是各 rank 所持之值沿 {1} 求和。")                                                     \
    X(MERGE_PROVED, "m", "The whole {0} made in this way is the delta rule's: proved.",          \
      "这样合成的 {0} 就是 delta 规则的结果：已证明。")                                          \
    X(HEADING_LEDGER, "", "What is communicated", "通信账目")                                    \
    X(LEDGER_INTRO, "",                                                                          \
      "Numbers of matrix entries, not bytes. What a rank gives is the matrix it passes to the "  \
      "collective.",                                                                             \
      "以矩阵元素计数，不是字节。每个 rank 给出的，是它交给集合通信的那个矩阵。")                \
    X(LEDGER_RING, "mm",                                                                         \
      "What is moved is counted for a *ring*, in which every rank sends to the next one: with "  \
      "{0} ranks and {1} entries of the joint matrix, an all-gather or a reduce-scatter moves "  \
      "({0} - 1) {1} in all, an all-reduce, which is one after the other, twice as much.",       \
      "传输量按*环形*算法计（每个 rank 发给下一个）：{0} 个 rank、整体矩阵 {1} 个元素时，"        \
      "all-gather 或 reduce-scatter 共传输 ({0} - 1) {1}，all-reduce 是两者相继，为其两倍。")     \
    X(LEDGER_EMPTY, "", "Nothing: no collective stands in this scheme.", "没有：方案中没有集合通信。") \
    X(LEDGER_TOTAL, "ttt", "In total: {0} forward, {1} backward, {2} entries.",                  \
      "合计：前向 {0}，反向 {1}，共 {2} 个元素。")                                              \
    X(PASS_FORWARD, "", "forward", "前向")                                                       \
    X(PASS_BACKWARD, "", "backward", "反向")                                                     \
    X(KIND_ALLREDUCE, "c", "all-reduce over {0}", "all-reduce（{0}）")                           \
    X(KIND_ALLGATHER, "c", "all-gather over {0}", "all-gather（{0}）")                           \
    X(KIND_REDUCESCATTER, "c", "reduce-scatter over {0}", "reduce-scatter（{0}）")               \
    X(KIND_ALLTOALL, "c", "all-to-all over {0}", "all-to-all（{0}）")                            \
    X(KIND_BROADCAST, "c", "broadcast over {0}", "broadcast（{0}）")                             \
    X(KIND_SHIFT, "c", "shift over {0}", "shift（{0}）")

/* ---- identities, theorem, causes ---- */
#define SP_SENTENCES_PROOF(X)                                                                    \
    X(IDENTITY, "l", "The identity used: {0}.", "所用的恒等式：{0}。")                           \
    X(RULE_OWNER, "",                                                                            \
      "the sum over ranks q of what is held where own(k) = q is what the owner of k holds",      \
      "对 rank q 求和、条件为 own(k) = q，得到的就是 k 的拥有者所持之值")                        \
    X(RULE_PARTS, "", "the sum over ranks q of the sum over own(k) = q is the sum over all k",   \
      "先对 own(k) = q 求和、再对 rank q 求和，就是对一切 k 求和")                               \
    X(RULE_PICK, "", "the sum over ranks q of what is held where q = t is what rank t holds",    \
      "对 rank q 求和、条件为 q = t，得到的就是 rank t 所持之值")                                \
    X(RULE_INDEX, "", "the sum over indices l of what is there where l = k is what is there for k", \
      "对下标 l 求和、条件为 l = k，得到的就是 k 处之值")                                        \
    X(RULE_RANKS, "",                                                                            \
      "the sum over ranks of a value that is the same on every rank is the number of ranks "     \
      "times it",                                                                                \
      "每个 rank 上都相同的值，对 rank 求和等于它乘以 rank 数")                                  \
    X(RULE_SIZE, "",                                                                             \
      "the sum over an index of what does not depend on it is the dimension times it",           \
      "与下标无关的值，对下标求和等于它乘以该维的大小")                                          \
    X(RULE_SAME, "", "[t = t] is 1", "[t = t] 为 1")                                             \
    X(RULE_APART, "", "two different ranks are never the same: [0 = 1] is 0",                    \
      "两个不同的 rank 不会相同：[0 = 1] 为 0")                                                  \
    X(RULE_KNOWN, "", "where t = u is known, t may be written u", "已知 t = u 时，t 可写作 u")   \
    X(RULE_AROUND, "", "a sum over all ranks may start at any rank",                             \
      "对所有 rank 的求和可以从任一 rank 开始")                                                  \
    X(RULE_CASES, "", "a function of a value that depends on [t = u] is taken in both cases",    \
      "函数的自变量依赖 [t = u] 时，分两种情形讨论")                                             \
    X(RULE_DIVIDE, "", "what is divided by itself is 1", "除以自身等于 1")                       \
    X(RULE_SHARE, "",                                                                            \
      "a part of a sum, divided by the sum, is 1 less the other parts divided by it",            \
      "和的一部分除以该和，等于 1 减去其余部分除以该和")                                         \
    X(RULE_HOLDS, "", "1/[t = u] is [t = u], and 1/step(z) is step(z)",                          \
      "1/[t = u] 为 [t = u]，1/step(z) 为 step(z)")                                              \
    X(RULE_SIGN, "", "step of a positive number is 1, of another number 0",                      \
      "正数的 step 为 1，其他数的 step 为 0")                                                    \
    X(RULE_SQUARE, "", "x step(x x) is x", "x step(x x) 为 x")                                   \
    X(RULE_GIVEN, "", "the identity of the given function", "给定函数的恒等式")                  \
    X(RULE_EXPONENT, "", "exp(a) exp(b) is exp(a + b), 1/exp(a) is exp(-a), and exp(log(x)) is x", \
      "exp(a) exp(b) 为 exp(a + b)，1/exp(a) 为 exp(-a)，exp(log(x)) 为 x")                      \
    X(RULE_LOGARITHM, "", "log(c x) is log(c) + log(x) for a positive c, an exponential or a "   \
      "number, and log(1/x) is -log(x)",                                                         \
      "对正的指数函数或正数 c，log(c x) 为 log(c) + log(x)；log(1/x) 为 -log(x)")                \
    X(RULE_ROOT, "", "sqrt(x)^2 is x, 1/sqrt(x) is sqrt(x)/x, and sqrt(c x) is sqrt(c) sqrt(x) " \
      "for a positive c",                                                                        \
      "sqrt(x)^2 为 x，1/sqrt(x) 为 sqrt(x)/x；对正的 c，sqrt(c x) 为 sqrt(c) sqrt(x)")          \
    X(RULE_MAXIMUM, "", "the maximum of maxima is that of all their values, each counted once",  \
      "各最大值中的最大值即所有值的最大值，每个值只计一次")                                      \
    X(RULE_DISTRIBUTION, "", "the sum of a distribution over its index is 1",                    \
      "一个分布对其下标求和为 1")                                                                \
    X(RULE_COMMON, "", "1/(a x + a y) is 1/a times 1/(x + y)",                                   \
      "1/(a x + a y) 为 1/a 乘以 1/(x + y)")                                                     \
    X(RULE_MONOTONE, "", "the maximum of c x + a is c times that of x plus a, for a positive c, " \
      "and that of exp(x) is exp of that of x",                                                  \
      "对正的 c，c x + a 的最大值为 x 的最大值乘以 c 再加 a；exp(x) 的最大值为 x 的最大值的 exp") \
    X(RULE_NAMED, "", "what is a value of the delta rule is that value by its name",             \
      "等于 delta 规则某个值的量，以该值的名称书写")                                             \
    X(HEADING_THEOREM, "", "What is proved", "证明了什么")                                       \
    X(THEOREM, "cl", "The ranks of {0} compute {1} of the delta rule, in exact arithmetic, on "  \
      "every rank, always.",                                                                     \
      "在精确运算下，{0} 的每个 rank 算出的 {1} 恒等于 delta 规则的结果。")                      \
    X(THEOREM_NO_MESH, "cl", "{0} computes {1} of the delta rule, in exact arithmetic, always.", \
      "在精确运算下，{0} 算出的 {1} 恒等于 delta 规则的结果。")                                  \
    X(THEOREM_SIZES, "mmmm", "For all sizes {0}, {1}, {2}, {3} of at least 1.",                  \
      "对一切不小于 1 的大小 {0}、{1}、{2}、{3}。")                                              \
    X(THEOREM_RANKS, "cm", "For every number of ranks on {0}, at least {1}.",                    \
      "对 {0} 上任意不少于 {1} 的 rank 数。")                                                    \
    X(THEOREM_SPLITS, "l",                                                                       \
      "For every way of giving the indices of {0} to ranks: uneven, empty or cyclic parts.",     \
      "对 {0} 的下标的任意分配：不均匀的、空的、循环的都可以。")                                 \
    X(THEOREM_SPLITS_COUNTED, "l",                                                               \
      "For every way of giving the indices of {0} to ranks that leaves no divisor 0: uneven or "  \
      "cyclic parts.",                                                                           \
      "对 {0} 的下标的任意分配，只要除数不为 0：不均匀的、循环的都可以。")                       \
    X(THEOREM_DATA, "", "For all real data.", "对一切实数数据。")                                \
    X(THEOREM_FUNCTIONS, "l", "For all functions {0} (and their derivatives).",                  \
      "对一切函数 {0}（及其导数）。")                                                            \
    X(THEOREM_GIVEN, "l", "With {0}.", "其中 {0}。")                                             \
    X(THEOREM_DIVISORS, "l", "Provided that {0}, by which the scheme divides, is not 0.",        \
      "前提是作除数的 {0} 不为 0。")                                                             \
    X(THEOREM_NOT, "",                                                                           \
      "It says nothing about rounding, nor about a framework that runs something else than "     \
      "this scheme.",                                                                            \
      "定理不涉及舍入误差，也不涉及框架实际运行的是否就是这个方案。")                            \
    X(OPEN_RESULTS, "l", "Neither proved nor refuted: {0}.", "既未证明也未否证：{0}。")          \
    X(STATUS_PROVED, "", "proved", "已证明")                                                     \
    X(STATUS_OPEN, "", "open", "未定")                                                           \
    X(STATUS_REFUTED, "", "refuted", "已否证")                                                   \
    X(REASON_OPEN, "t", "a limit of the prover: {0}", "证明器达到上限：{0}")                     \
    X(REASON_AT, "mp", "in {0}: {1}", "在 {0} 处：{1}")                                          \
    X(HEADING_PARTS, "", "Where it parts from the delta rule", "偏离 delta 规则之处")            \
    X(PARTS_AT, "cc", "This line parts from the delta rule: {0} ({1}).",                         \
      "这一行偏离了 delta 规则：{0}（{1}）。")                                                   \
    X(PARTS_CAUSE, "p", "The cause: {0}.", "原因：{0}。")                                        \
    X(PARTS_IS, "", "What the scheme makes of it, put together from the ranks:",                 \
      "方案算出的（由各 rank 合成）：")                                                          \
    X(PARTS_NOT, "", "What the delta rule has there:", "delta 规则在此处的：")                   \
    X(PARTS_ONE_RANK, "c", "With one rank on {0} it would be right: a test on one rank does not " \
      "see it.", "若 {0} 上只有一个 rank，它是对的：单 rank 的测试发现不了。")                   \
    X(PARTS_EVEN, "", "With parts of equal size it would be right: a test of even splits does "  \
      "not see it.", "若各部分大小相等，它是对的：均匀切分的测试发现不了。")                     \
    X(PARTS_RESULTS, "", "What that means for every result:", "对各个结果的影响：")              \
    X(COUNTEREXAMPLE, "", "The smallest example on which it fails, as a case to be checked:",    \
      "使它出错的最小例子（可直接检查的 case）：")                                               \
    X(COUNTEREXAMPLE_SHOWS, "cttt", "There {0} at {1} is {2}, and should be {3}.",              \
      "其中 {0} 在 {1} 处得到 {2}，应为 {3}。")                                                  \
    X(CAUSE_LAYOUT, "cc", "it is declared as {0}, but what is computed is {1}",                  \
      "声明为 {0}，算出的却是 {1}")                                                              \
    X(CAUSE_COVER, "", "an axis is used twice in its layout, so some entries are on no rank",    \
      "布局中一根轴用了两次，有些元素不在任何 rank 上")                                          \
    X(CAUSE_MISSING_SUM, "lc",                                                                   \
      "the sum over {0} stops at the rank's own indices; a sum over {1} is missing (an all-reduce)", \
      "沿 {0} 的和只到本 rank 自己的下标为止；缺少沿 {1} 的求和（all-reduce）")                  \
    X(CAUSE_MISSING_SUM_OVER, "c", "a sum over {0} is missing (an all-reduce)",                  \
      "缺少沿 {0} 的求和（all-reduce）")                                                         \
    X(CAUSE_SUM_INSIDE, "c", "inside of a function a sum over {0} is missing (an all-reduce)",   \
      "在函数的自变量里缺少沿 {0} 的求和（all-reduce）")                                         \
    X(CAUSE_WRONG_AXIS, "cc",                                                                    \
      "a sum over {0} is missing, and one over {1} is there that should not be",                 \
      "缺少沿 {0} 的求和，却多了沿 {1} 的求和")                                                  \
    X(CAUSE_WRONG_MEAN, "cc", "a sum over {0} is missing, and it is divided by the number of "   \
      "ranks on {1}", "缺少沿 {0} 的求和，还除以了 {1} 上的 rank 数")                            \
    X(CAUSE_PARTIAL_USED, "mc", "it uses {0}, which is right only as a sum over {1}: that sum "  \
      "must come first", "它用到了 {0}，而 {0} 沿 {1} 求和之后才是对的：应当先求和")             \
    X(CAUSE_SIGN, "", "the sign is wrong", "符号错了")                                           \
    X(CAUSE_SUMMED_TWICE, "mc", "it is {0} times what it should be: summed over {1} once too often", \
      "是应有值的 {0} 倍：沿 {1} 多求和了一次")                                                  \
    X(CAUSE_DIVIDED, "mc", "it is 1/{0} of what it should be: a mean over {1} in place of a "    \
      "sum, or divided once too often",                                                          \
      "是应有值的 1/{0}：沿 {1} 用平均代替了求和，或多除了一次")                                 \
    X(CAUSE_FACTOR, "m", "it is {0} times what it should be", "是应有值的 {0} 倍")               \
    X(CAUSE_TERM_FACTOR, "mm", "{0} comes {1} times in place of once", "{0} 应出现一次，却出现了 {1} 次") \
    X(CAUSE_MISSING_FACTOR, "m", "the factor {0} is missing", "缺少因子 {0}")                    \
    X(CAUSE_EXTRA_FACTOR, "m", "the factor {0} should not be there", "多了因子 {0}")             \
    X(CAUSE_UNEVEN, "", "parts of different sizes get equal weight: right only if every rank "   \
      "owns equally many indices", "大小不同的部分权重相同：只有每个 rank 的下标一样多时才对")   \
    X(CAUSE_EMPTY, "c", "the maximum of what a rank has of {0} is used, which is no number where " \
      "that is empty", "用到了一个 rank 在 {0} 上的最大值；该部分为空时它不是数")                \
    X(CAUSE_MISSING_TERM, "m", "{0} is missing", "缺少 {0}")                                     \
    X(CAUSE_EXTRA_TERM, "m", "{0} should not be there", "多了 {0}")                              \
    X(CAUSE_RANKS_DIFFER, "c", "ranks hold different values: it depends on the rank's "          \
      "coordinate on {0}", "各 rank 的值不同：它依赖于 rank 在 {0} 上的坐标")                    \
    X(CAUSE_OTHER, "", "it is another expression", "是另一个表达式")

/* ---- numbers and verdict of a case ---- */
#define SP_SENTENCES_NUMBERS(X)                                                                  \
    X(NUMBERS_INTRO, "ct",                                                                       \
      "The numbers of the case {0} stand beside the formulas, computed with {1} bits and shown " \
      "to six digits.",                                                                          \
      "case {0} 的数值列在公式旁边，以 {1} 位精度计算，显示六位数字。")                          \
    X(NUMBERS_ELIDED, "mm", "(corners of {0} by {1})", "（{0} × {1} 的边角）")                   \
    X(NUMBERS_EMPTY, "", "(empty: this rank owns no index)", "（空：该 rank 没有下标）")         \
    X(NUMBERS_SLOPES, "m",                                                                       \
      "{0} holds the *finite differences*: how much the loss of the unsplit network changes "    \
      "with each entry, divided by the change. No derivative is used for them.",                 \
      "{0} 是*有限差分*：每个元素作微小改变时，未切分网络的损失改变了多少，再除以该改变。"         \
      "这里不用任何导数。")                                                                      \
    X(NUMBERS_KINKS, "mm",                                                                       \
      "At {0} of {1} entries it cannot be judged: the network has a kink there.",                \
      "{1} 个元素中有 {0} 个无法判断：网络在那里有折点。")                                       \
    X(NUMBERS_RANKS, "m", "More ranks with values of their own, not shown: {0}.",                \
      "另有取值不同的 rank 未显示：{0} 个。")                                                    \
    X(HEADING_VERDICT, "", "The verdict on this case", "本例的结论")                             \
    X(VERDICT_INTRO, "",                                                                         \
      "All results of all ranks were compared with the delta rule, within bounds on the "        \
      "rounding of both, and the gradients with finite differences.",                            \
      "所有 rank 的所有结果都与 delta 规则作了比较（允许两边舍入误差的界），梯度还与有限差分作了比较。") \
    X(WITNESS, "cttt", "{0} on {1}: got {2}, want {3}.", "{0} 在 {1} 上：得到 {2}，应为 {3}。")  \
    X(WITNESS_RATIO, "t", "It is {0} of the delta rule on every entry.",                         \
      "每个元素都是 delta 规则的 {0} 倍。")                                                      \
    X(WITNESS_LAYOUT, "cc", "Declared {0}, but a rank computes {1}.",                            \
      "声明为 {0}，而 rank 算出的是 {1}。")                                                      \
    X(WITNESS_MERGE, "c", "This would be right: {0}.", "正确的写法：{0}。")                      \
    X(VERDICT_MATCH, "", "match", "一致")                                                        \
    X(VERDICT_MISMATCH, "", "mismatch", "不一致")                                                \
    X(VERDICT_UNDECIDED, "", "undecided", "未定")                                                \
    X(VERDICT_CASE, "cp", "{0}: {1}", "{0}：{1}")                                                \
    X(VERDICT_ONLY_HERE, "", "At these sizes it is right; at others it is not.",                 \
      "在这些大小下它是对的；换成别的大小就不对了。")

/* ---- networks but mlp, and operations on values of any number of dimensions ---- */
#define SP_SENTENCES_NETWORK(X)                                                                      \
    X(INTRO_ANY, "cc", \
      "{0} is a *scheme*: it says what every one of several processes computes of the network " \
      "{1}, whose tensors are split over them. This derivation shows that together they compute " \
      "the values and gradients of the unsplit network.", \
      "{0} 是一个*方案*：它规定网络 {1} 的张量切分到多个进程上之后，每个进程各算什么。" \
      "下面的推导说明：合起来算出的正是未切分网络的值和梯度。") \
    X(INTRO_ANY_WRONG, "cc", \
      "{0} is a *scheme*: it says what every one of several processes computes of the network " \
      "{1}, whose tensors are split over them. It does not compute the values and gradients of " \
      "the unsplit network: this derivation goes as far as the line where it parts from them.", \
      "{0} 是一个*方案*：它规定网络 {1} 的张量切分到多个进程上之后，每个进程各算什么。" \
      "它算出的不是未切分网络的值和梯度：推导进行到它偏离的那一行为止。") \
    X(INTRO_ANY_OPEN, "cc", \
      "{0} is a *scheme*: it says what every one of several processes computes of the network " \
      "{1}, whose tensors are split over them. Whether together they compute the values and " \
      "gradients of the unsplit network could not be told for every result.", \
      "{0} 是一个*方案*：它规定网络 {1} 的张量切分到多个进程上之后，每个进程各算什么。" \
      "是否每个结果都正是未切分网络的值或梯度，未能全部判定。") \
    X(COLUMN_VALUE, "", "tensor", "张量") \
    X(MEANING_INPUT, "", "an input", "输入") \
    X(MEANING_DISTRIBUTION, "m", "an input whose entries sum to 1 over {0}", "输入，沿 {0} 求和为 1") \
    X(MEANING_PARAM, "", "a parameter", "参数") \
    X(MEANING_VALUE, "", "a value of the forward pass", "前向传播的值") \
    X(MEANING_LOSS, "", "the loss", "损失") \
    X(MEANING_GRADIENT, "m", "the gradient of {0}", "{0} 的梯度") \
    X(SHAPES_ANY, "cl", \
      "The network {0} has the dimensions {1}. An index over a dimension is written with its " \
      "first letter in lower case, with a number where there are several: these are their first " \
      "names.", \
      "网络 {0} 的维有 {1}。某一维的下标用该维的首字母小写来写，有几个时加编号；括号里是" \
      "它们的第一个名字。") \
    X(SHAPES_DIM, "mm", "{0} (index {1})", "{0}（下标 {1}）") \
    X(SHAPES_SECOND, "mmm", \
      "{0} is a second name of {1}, of the same size, for a value that has two indices over it; " \
      "its index is {2}.", \
      "{0} 是 {1} 的第二个名字（大小相同），用于沿它有两个下标的值；其下标是 {2}。") \
    X(FORWARD_ANY, "", \
      "From the inputs on, entry by entry; a sum is over all values of the indices below it:", \
      "从输入开始，逐个元素写出；求和遍历其下方下标的所有值：") \
    X(FUNCTIONS_ANY, "", \
      "These are the functions of this case, and their derivatives by the first argument (found " \
      "symbolically; step(z) is 1 for z > 0, else 0):", \
      "本例中的函数及其对第一个自变量的导数（由符号求导得到；step(z) 在 z > 0 时为" \
      " 1，否则为 0）：") \
    X(FUNCTIONS_UNKNOWN, "l", \
      "Nothing more need be known of {0} than the derivative by the first argument, which is " \
      "written with a prime.", \
      "关于 {0}，只需知道对第一个自变量的导数（用撇号表示）。") \
    X(LOSS_IS, "m", \
      "The *loss* {0} is one number; what is wanted is how it changes with every parameter.", \
      "*损失* {0} 是一个数；要求的是它随每个参数如何变化。") \
    X(LOSS_UNNAMED, "m", \
      "The network has a value of its own called {0}, so the loss has no name here: the chain " \
      "rule is not spelled out below, only the lines of the delta rule are.", \
      "这个网络自己有一个值叫 {0}，所以损失在这里没有名字：下面不展开链式法则，只给出 del" \
      "ta 规则的各行。") \
    X(BACKWARD_CHAIN_ANY, "m", \
      "The *chain rule*: if an entry acts on {0} through the entries of other values, its " \
      "derivative is the sum, over all entries of these, of the two derivatives along the way.", \
      "*链式法则*：若某个元素通过其他值的元素影响 {0}，那么它的导数等于对那些值的所有元素求" \
      "和，每项是沿途两个导数的乘积。") \
    X(BACKWARD_ORDER_ANY, "", \
      "The steps go through the forward pass in reverse: first values, the last one first, then " \
      "inputs and parameters.", \
      "按前向传播的逆序一步步进行：先是各个值（最后一个在先），然后是输入和参数。") \
    X(CHAIN_LOSS_ANY, "m", "{0} stands in the loss itself:", "{0} 直接出现在损失里：") \
    X(CHAIN_ANY, "ml", \
      "{0} acts on the loss through {1}, so by the chain rule", \
      "{0} 通过 {1} 影响损失，由链式法则：") \
    X(CHAIN_LOCAL_ANY, "l", \
      "The derivatives come from the lines that define {0}:", \
      "其中的导数由 {0} 的定义式得到：") \
    X(CHAIN_ALIAS, "mm", \
      "{0} is the value {1} under another name; the line of the delta rule for it is:", \
      "{0} 就是值 {1} 的另一个名字；delta 规则中对应的一行是：") \
    X(CHAIN_LONG, "m", \
      "The chain rule for {0} is too long to be spelled out; the line of the delta rule is, in " \
      "indices:", \
      "{0} 的链式法则太长，不在此展开；delta 规则中对应的一行用下标写出为：") \
    X(CHAIN_RULE_LINE, "c", "The delta rule has the line {0}; in indices:", \
      "delta 规则中对应的一行是 {0}；用下标写出：") \
    X(CHAIN_RULE_SAME, "c", \
      "The delta rule has the line {0}, which the prover finds to be this derivative; in indices:", \
      "delta 规则中对应的一行是 {0}，证明器核对了它就是这个导数；用下标写出：") \
    X(RULE_ANY, "", \
      "Together these lines are the *delta rule* of the network:", \
      "这些行合起来就是这个网络的 *delta 规则*：") \
    X(RULE_ANY_PROVED, "", \
      "The prover differentiated the loss by every one of these values on its own and found the " \
      "same expressions, for all sizes, data and functions.", \
      "证明器另外对其中每个值独立地对损失求导，得到同样的表达式（对一切大小、数据和函数）。") \
    X(RULE_ANY_SOME, "l", \
      "The prover differentiated the loss on its own as well; for {0} its normal forms did not " \
      "decide that both are the same. Finite differences check them in every case (shardproof " \
      "check).", \
      "证明器另外独立地对损失求导；对 {0}，其范式未能判定两者相同。它们在每个 case 里由" \
      "有限差分检验（shardproof check）。") \
    X(OVER, "ml", "{0} over {1}", "{0}（{1}）") \
    X(SPLIT_ANY, "l", "its entries: {0}", "自己的元素：{0}") \
    X(DRAWN_SMALL, "", \
      "Pictures are drawn of values with one or two dimensions only; for a value of more the " \
      "formula says what a rank has of it.", \
      "只画一维和二维的值；维数更多的值，由公式说明每个 rank 持有什么。") \
    X(RANKS_INTRO_ANY, "", \
      "Now the same is computed by several *ranks*, processes that work side by side; each holds " \
      "*shards*, parts of the tensors.", \
      "现在由多个 *rank*（并行工作的进程）来算；每个 rank 只持有张量的*分片*（一部分）。") \
    X(OP_ALLGATHER_ANY, "c", \
      "An *all-gather* over {0} is a collective operation, one in which all ranks along the axis " \
      "take part: it gives every one the whole, at each index what its owner holds.", \
      "沿 {0} 的 *all-gather* 是一种集合通信（轴上所有 rank 一起参加）：结果人人都有整体，" \
      "每个下标处是其拥有者持有的值。") \
    X(OP_REDUCESCATTER_ANY, "c", \
      "A *reduce-scatter* over {0} is a collective operation, one in which all ranks along the " \
      "axis take part: it adds what they hold and leaves each the indices of the sum that it owns.", \
      "沿 {0} 的 *reduce-scatter* 是一种集合通信（轴上所有 rank 一起参加）：先求和，" \
      "再让每个 rank 只留下自己拥有的下标。") \
    X(RANKS_FORMULAS, "mm", \
      "In a formula the indices of the value are those that the rank owns; {0} is the rank that " \
      "owns an index, and a condition such as {1} under a sum says that the sum runs over the " \
      "indices that the rank owns.", \
      "公式中，值的下标取本 rank 拥有的那些；{0} 是拥有某下标的 rank；求和号下的条" \
      "件（如 {1}）表示只对该 rank 拥有的下标求和。") \
    X(SUM_PARTIAL, "ml", \
      "The sum over {0}, which is split over {1}, runs over the rank's own indices alone: a " \
      "*partial sum* of the full size.", \
      "沿 {0} 的求和（{0} 切分在 {1} 上）只取本 rank 自己的下标：得到完整大小" \
      "的*部分和*。") \
    X(MAX_PARTIAL, "ml", \
      "The maximum over {0}, which is split over {1}, is that of the rank's own indices alone.", \
      "沿 {0} 取的最大值（{0} 切分在 {1} 上）只取本 rank 自己的下标。") \
    X(SUM_LOCAL, "l", \
      "Every rank has all indices of {0}, over which it is summed: nothing is communicated.", \
      "求和所沿的 {0}，每个 rank 都有全部下标：无须通信。") \
    X(SOFTMAX_LOCAL, "m", \
      "The softmax needs all indices of {0}; every rank has them: nothing is communicated.", \
      "softmax 需要 {0} 的全部下标；每个 rank 都有：无须通信。") \
    X(OP_ALLREDUCE_MAX, "c", \
      "An *all-reduce* over {0} with max is a collective operation, one in which all ranks along " \
      "the axis take part: every one gets the largest of what they hold, entry by entry.", \
      "沿 {0} 的取最大值的 *all-reduce* 是一种集合通信（轴上所有 rank 一" \
      "起参加）：逐元素取各自持有的值中最大的，结果人人都有。") \
    X(OP_ALLREDUCE_MEAN, "c", \
      "An *all-reduce* over {0} with mean adds what the ranks along the axis hold and divides by " \
      "how many they are.", \
      "沿 {0} 的取平均的 *all-reduce* 把轴上各 rank 持有的值相加，再除以" \
      " rank 的个数。") \
    X(STANDING_NONE_ANY, "m", \
      "{0} is none of the values of the delta rule; it is used below.", \
      "{0} 不是 delta 规则中的值；下面会用到它。") \
    X(KIND_ALLREDUCE_MAX, "c", "all-reduce (max) over {0}", "all-reduce（取最大值，{0}）") \
    X(THEOREM_SIZES_ANY, "l", "For all sizes {0} of at least 1.", "对一切不小于 1 的大小 {0}。") \
    X(THEOREM_DISTRIBUTION, "mm", \
      "Provided that the entries of {0} sum to 1 over {1}.", \
      "前提是 {0} 沿 {1} 求和为 1。") \
    X(THEOREM_POSITIVE, "l", \
      "Provided that {0}, under a root or in a logarithm, is positive.", \
      "前提是根号下或对数中的 {0} 为正。") \
    X(THEOREM_NONEMPTY, "l", \
      "Provided that every rank owns an index of {0}, since a maximum is taken over them.", \
      "前提是每个 rank 至少拥有 {0} 的一个下标，因为要对它们取最大值。") \
    X(VERDICT_INTRO_ANY, "", \
      "All results of all ranks were compared with the delta rule, within bounds on the rounding " \
      "of both.", \
      "所有 rank 的所有结果都与 delta 规则作了比较（允许两边舍入误差的界）。") \
    X(NUMBERS_LARGE, "l", \
      "Values of more than two dimensions are not written out in numbers: {0}.", \
      "维数多于二的值不列出数值：{0}。")

#endif
